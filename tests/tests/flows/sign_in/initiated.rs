//! A sign-in that another site starts: `POST sign-in`, and `iss` and `target_link_uri` at `GET sign-in`.

use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::uri::{encoded, path_of, query};
use rocket::http::{Method, Status};
use url::form_urlencoded::Serializer;

const FORM: &str = "application/x-www-form-urlencoded";

/// What a browser gets that sends a form of another site.
async fn post(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Answer {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut headers = navigation(From::OtherSite);
    headers.extend([("Origin", "https://portal.example"), ("Content-Type", FORM)]);
    browser.request(Method::Post, "/auth/sign-in", &headers, &body).await
}

/// Starts a sign-in by a form of another site and completes it. Answers with where it ends.
async fn signed_in_by(app: &App, fields: &[(&str, &str)]) -> String {
    let mut browser = app.browser();
    let start = post(&mut browser, fields).await;
    assert_eq!(start.status, Status::SeeOther, "{start:?}");
    let start = browser.navigate(start.location(), From::OtherSite).await;
    assert_eq!(start.status, Status::SeeOther, "{start:?}");
    let callback = app.idp.authorize(start.location(), "alice").await.expect("a callback");
    let end = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert!(browser.is_signed_in().await, "{end:?}");
    end.location().to_owned()
}

#[rocket::async_test]
async fn a_form_of_another_site_leads_through_the_sign_in_to_its_target() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let target = format!("{ORIGIN}/orders?page=2#top");
    for target in ["/orders?page=2", &target] {
        let fields = [("iss", &*issuer), ("target_link_uri", target)];
        assert_eq!(signed_in_by(&app, &fields).await, "/orders?page=2", "{target}");
    }
    assert_eq!(signed_in_by(&app, &[("iss", &issuer)]).await, "/");
}

#[rocket::async_test]
async fn a_link_with_the_same_parameters_does_so_too() {
    let app = App::start().await;
    let link = format!("/auth/sign-in?iss={}&target_link_uri=/x", encoded(&app.idp.issuer()));
    let mut browser = app.browser();
    let start = browser.navigate(&link, From::OtherSite).await;
    let callback = app.idp.authorize(start.location(), "alice").await.expect("a callback");
    let end = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!((end.location(), browser.is_signed_in().await), ("/x", true));
}

/// A form of another site comes without `Lax` cookies. Only the redirect has them.
#[rocket::async_test]
async fn a_form_starts_nothing_and_leads_to_the_link() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let mut browser = app.browser();
    let fields = [("iss", &*issuer), ("login_hint", "alice@example.test")];
    let answer = post(&mut browser, &fields).await;
    assert_eq!(answer.status, Status::SeeOther);
    let hint = encoded("alice@example.test");
    let link = format!("/auth/sign-in?iss={}&login_hint={hint}", encoded(&issuer));
    assert_eq!(answer.location(), link);
    assert!(!answer.sets_cookies(), "{answer:?}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let start = browser.navigate(answer.location(), From::OtherSite).await;
    assert_eq!(query(start.location())["login_hint"], "alice@example.test");
    assert!(!query(start.location()).contains_key("iss"));
}

#[rocket::async_test]
async fn another_issuer_is_refused_to_the_byte_by_form_and_by_link() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let (longer, shorter) = (format!("{issuer}/"), &issuer[..issuer.len() - 1]);
    let upper = issuer.to_uppercase();
    for other in ["https://evil.example", &longer, shorter, &upper, "", "null"] {
        let mut browser = app.browser();
        let answer = post(&mut browser, &[("iss", other), ("target_link_uri", "/x")]).await;
        assert_eq!(answer.status, Status::BadRequest, "{other}: {answer:?}");
        assert!(answer.body.contains("<code>other_issuer</code>"), "{other}: {answer:?}");
        assert!(!answer.sets_cookies() && answer.location().is_empty(), "{other}");
        if !other.is_empty() {
            let link = format!("/auth/sign-in?iss={}", encoded(other));
            let answer = browser.navigate(&link, From::OtherSite).await;
            assert_eq!(answer.status, Status::BadRequest, "{other}: {answer:?}");
            assert!(!answer.sets_cookies() && answer.location().is_empty(), "{other}");
        }
    }
    assert_eq!(app.idp.requests().authorizations(), 0);
}

#[rocket::async_test]
async fn a_form_without_issuer_and_what_is_no_form_are_refused() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    assert_eq!(post(&mut app.browser(), &[]).await.status, Status::BadRequest);
    let long = "x".repeat(20_000);
    let long = post(&mut app.browser(), &[("iss", &issuer), ("more", &long)]).await;
    assert_eq!(long.status, Status::BadRequest);
    for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
        let mut headers = navigation(From::OtherSite);
        headers.push(("Content-Type", kind));
        let body = format!("iss={}", encoded(&issuer));
        let mut browser = app.browser();
        let answer = browser.request(Method::Post, "/auth/sign-in", &headers, &body).await;
        assert_eq!(answer.status, Status::BadRequest, "{kind}: {answer:?}");
    }
}

/// Guards against this mistake: the target led to any site.
#[rocket::async_test]
async fn a_target_off_this_site_is_ignored() {
    let app = App::builder().config(|config| config.after_sign_in("/home")).start().await;
    let issuer = app.idp.issuer();
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "http://localhost:8000.evil.example/",
        "http://localhost:8001/",
        "javascript:alert(1)",
        "x",
    ] {
        let fields = [("iss", &*issuer), ("target_link_uri", target)];
        assert_eq!(signed_in_by(&app, &fields).await, "/home", "{target}");
    }
}

#[rocket::async_test]
async fn a_form_passes_on_only_what_a_link_may_say() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let fields = [
        ("iss", &*issuer),
        ("scope", "admin"),
        ("prompt", "none"),
        ("client_id", "evil"),
        ("redirect_uri", "https://evil.example/"),
        ("remember", "1"),
        ("first_screen", "register"),
    ];
    let answer = post(&mut app.browser(), &fields).await;
    let link = format!("/auth/sign-in?iss={}&first_screen=register", encoded(&issuer));
    assert_eq!(answer.location(), link);
}

/// A visitor's text never makes a response that a proxy refuses.
#[rocket::async_test]
async fn what_makes_the_address_too_long_is_left_out() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let long = "ä".repeat(600);
    let fields = [("iss", &*issuer), ("login_hint", &*long), ("ui_locales", "de")];
    let answer = post(&mut app.browser(), &fields).await;
    let link = format!("/auth/sign-in?iss={}&ui_locales=de", encoded(&issuer));
    assert_eq!(answer.location(), link);
}

/// Who is signed in is asked before a form of another site switches the user, as with a link.
#[rocket::async_test]
async fn a_form_that_may_switch_the_user_asks_first() {
    let app = App::start().await;
    let issuer = app.idp.issuer();
    let mut alice = app.signed_in("alice").await;
    let kept = alice.cookies.clone();
    alice.cookies.clear();
    let fields = [("iss", &*issuer), ("direct_sign_in", "social:google")];
    let answer = post(&mut alice, &fields).await;
    alice.cookies = kept;
    let question = alice.navigate(answer.location(), From::OtherSite).await;
    assert_eq!(question.status, Status::Ok, "{question:?}");
    assert!(question.body.contains("<code>sign_in_again</code>"), "{question:?}");
    assert!(alice.is_signed_in().await);
}
