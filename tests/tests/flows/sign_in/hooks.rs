//! Hooks of the application in a sign-in.

use std::sync::{Arc, Mutex};

use logto_rocket::{Event, SignInRefusal};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::response::content::RawHtml;

#[rocket::async_test]
async fn the_application_may_refuse_a_sign_in() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let app = App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(move |_, user| {
                seen.lock().unwrap().push(user.display_name().to_owned());
                let admitted = user.has_role("admin");
                Box::pin(async move { if admitted { Ok(()) } else { Err("staff only".into()) } })
            })
        })
        .start()
        .await;
    let mut bob = app.browser();
    let refused = app.sign_in(&mut bob, "bob", "/").await;
    assert_eq!(refused.status, Status::Forbidden);
    assert!(!refused.body.contains("staff only"), "the reason is for the log");
    let told = "You signed in as bob. Your account has no access to this application.";
    assert!(refused.body.contains(told), "{}", refused.body);
    for way in ["Use another account", "Sign out at Logto"] {
        assert!(refused.body.contains(way), "{way}: {}", refused.body);
    }
    assert_eq!(app.idp.requests().revocation(), 1);
    assert!(bob.cookies.keys().all(|name| name.contains("-flow-")), "{:?}", bob.cookies);
    assert_eq!(bob.open("/account").await.status, Status::SeeOther);

    assert_eq!(app.sign_in(&mut app.browser(), "alice", "/").await.location(), "/");
    assert_eq!(*asked.lock().unwrap(), ["bob", "Alice Liddell"]);
    assert_eq!(app.idp.requests().revocation(), 1);
}

#[rocket::async_test]
async fn a_refused_user_reads_what_the_application_says() {
    let app = App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(|_, _| {
                let refusal = SignInRefusal::new("Your account is blocked: <3 open bills.");
                Box::pin(async { Err::<(), _>(refusal.into()) })
            })
        })
        .start()
        .await;
    let refused = app.sign_in(&mut app.browser(), "bob", "/").await;
    assert_eq!(refused.status, Status::Forbidden);
    let told = "You signed in as bob. Your account is blocked: &lt;3 open bills.";
    assert!(refused.body.contains(told), "{}", refused.body);
    let mut german = app.browser();
    german.headers.push(("Accept-Language".into(), "de".into()));
    let refused = app.sign_in(&mut german, "bob", "/").await;
    assert!(
        refused.body.contains("Sie haben sich als bob angemeldet. Your account"),
        "{refused:?}"
    );
}

/// What hides or reorders text is left out, and a blank text is none.
#[rocket::async_test]
async fn a_refused_user_reads_a_text_that_is_there_and_not_endless() {
    let endless = "x".repeat(100_000);
    for (text, told) in [
        ("", "You signed in as bob. Your account has no access to this application."),
        (" \u{200b}\n", "You signed in as bob. Your account has no access to this application."),
        ("Your \u{202e}account\0 is\nblocked.", "You signed in as bob. Your account is blocked."),
        (endless.as_str(), "You signed in as bob. xxx"),
    ] {
        let text = text.to_owned();
        let app = App::builder().fairing(|fairing| {
            fairing.on_sign_in(move |_, _| {
                let refusal = SignInRefusal::new(text.clone());
                Box::pin(async { Err::<(), _>(refusal.into()) })
            })
        });
        let app = app.start().await;
        let refused = app.sign_in(&mut app.browser(), "bob", "/").await;
        assert!(refused.body.contains(told), "{}", refused.body);
        assert!(refused.body.len() < 8_000, "{}", refused.body.len());
    }
}

/// Who is signed in stands within a sentence.
#[rocket::async_test]
async fn no_name_reorders_the_sentence_that_it_is_in() {
    let app = App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(|_, _| Box::pin(async { Err::<(), _>("staff only".into()) }))
        })
        .start()
        .await;
    app.idp.set_claim("bob", "name", "Bob\u{202e} nimda\u{2066}");
    let refused = app.sign_in(&mut app.browser(), "bob", "/").await;
    assert!(refused.body.contains("You signed in as Bob nimda. Your"), "{}", refused.body);
}

/// The hook has not said that the user may come in.
#[rocket::async_test]
async fn a_hook_that_panics_lets_nobody_in_and_leaves_no_token_behind() {
    let app = App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(|_, user| {
                let is_alice = user.display_name() == "Alice Liddell";
                Box::pin(async move {
                    assert!(is_alice, "a fault of the application");
                    Ok(())
                })
            })
        })
        .start()
        .await;
    let mut bob = app.browser();
    let failed = app.sign_in(&mut bob, "bob", "/").await;
    assert_eq!(failed.status, Status::InternalServerError, "{failed:?}");
    assert!(failed.body.contains("<code>misconfigured</code>"), "{failed:?}");
    assert!(failed.body.contains("href=\"/auth/sign-in"), "the user can try again: {failed:?}");
    assert!(!bob.is_signed_in().await);
    until("the tokens are revoked", async || app.idp.requests().revocation() == 1).await;
    assert_eq!(app.sign_in(&mut app.browser(), "alice", "/").await.location(), "/");
    assert_eq!(app.idp.requests().revocation(), 1);
}

#[rocket::async_test]
async fn a_hook_for_options_that_panics_starts_no_sign_in() {
    let app = App::builder()
        .fairing(|fairing| fairing.sign_in_options(|_, _| panic!("a fault of the application")))
        .start()
        .await;
    let failed = app.browser().open("/auth/sign-in").await;
    assert_eq!(failed.status, Status::InternalServerError, "{failed:?}");
    assert!(failed.body.contains("<code>misconfigured</code>"), "{failed:?}");
    assert!(!failed.sets_cookies(), "{failed:?}");
}

#[rocket::async_test]
async fn a_second_callback_is_refused_with_the_same_words() {
    let app = App::builder()
        .fairing(|fairing| {
            fairing.on_sign_in(|_, _| {
                Box::pin(async { Err::<(), _>(SignInRefusal::new("Blocked for a reason.").into()) })
            })
        })
        .start()
        .await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "bob", "/").await;
    let cookies = browser.cookies.clone();
    for _ in 0..2 {
        browser.cookies.clone_from(&cookies);
        let refused = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(refused.status, Status::Forbidden);
        let told = "You signed in as bob. Blocked for a reason.";
        assert!(refused.body.contains(told), "{}", refused.body);
    }
}

#[rocket::async_test]
async fn the_application_hears_of_failures_and_may_show_its_own_page() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let app = App::builder()
        .fairing(|fairing| {
            let fairing = fairing.on_event(move |event| {
                if !matches!(event, Event::LogtoCalled { .. }) {
                    heard.lock().unwrap().push((event.code(), event.to_string()));
                }
            });
            fairing.pages(|_, page| {
                (page.code == "access_denied").then(|| RawHtml(format!("ours: {}", page.title)))
            })
        })
        .start()
        .await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", "/").await;
    let denied = callback.replace("?code=", "?error=access_denied&x=");
    let denied = browser.navigate(&denied, From::OtherSite).await;
    assert_eq!(
        (denied.status, denied.body.as_str()),
        (Status::Forbidden, "ours: You may not sign in here")
    );
    assert_eq!(denied.header("Cache-Control"), Some("no-store"));
    let unknown = "/auth/sign-in-callback?state=x&code=x";
    let unknown = app.browser().navigate(unknown, From::OtherSite).await;
    assert!(unknown.body.contains("This sign-in is unknown"), "the built-in page");
    app.sign_in(&mut app.browser(), "alice", "/").await;
    let events = events.lock().unwrap();
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(events[0].1.starts_with("a sign-in failed: Logto answered `access_denied`"));
    assert!(events[1].1.starts_with("a sign-in failed: this browser has no sign-in"));
    assert!(events[2].1.contains("signed in (session "));
    let codes: Vec<_> = events.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["access_denied", "unknown_sign_in", "signed_in"]);
}
