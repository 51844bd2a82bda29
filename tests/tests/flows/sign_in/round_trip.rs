//! Signing in, and what comes after it.

use logto_rocket::SessionConfig;
use logto_rocket::testing::{self, User};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::From;
use rocket::http::{SameSite, Status};

#[rocket::async_test]
async fn a_page_that_needs_a_user_sends_a_browser_through_the_sign_in_and_back() {
    let app = App::start().await;
    let mut browser = app.browser();
    let refused = browser.open("/account?tab=keys").await;
    assert_eq!(refused.status, Status::SeeOther);
    assert_eq!(refused.location(), "/auth/sign-in?return_to=%2Faccount%3Ftab%3Dkeys");
    assert!(!refused.sets_cookies(), "{refused:?}");

    let start = browser.open(refused.location()).await;
    assert_eq!(start.status, Status::SeeOther);
    assert_eq!(browser.cookies_named("logto-").len(), 1);
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();

    let callback = callback.strip_prefix(ORIGIN).unwrap();
    let back = browser.navigate(callback, From::OtherSite).await;
    assert_eq!((back.status, back.location()), (Status::SeeOther, "/account?tab=keys"));
    let account = browser.open("/account?tab=keys").await;
    assert_eq!(account.status, Status::Ok);
    assert!(account.body.starts_with(&app.idp.user_id("alice").unwrap()));
    assert_eq!(browser.cookies.len(), 1, "the finished flow is cleared away: {account:?}");
    assert_eq!(app.idp.requests().token(), 1);
}

#[rocket::async_test]
async fn a_role_lets_one_user_in_and_keeps_another_out() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/admin").await.status, Status::Ok);
    let mut bob = app.signed_in("bob").await;
    let refused = bob.open("/admin").await;
    assert_eq!(refused.status, Status::Forbidden);
    assert!(refused.body.contains("role = &quot;admin&quot;"), "{}", refused.body);
}

#[rocket::async_test]
async fn signing_out_ends_the_session_here_and_at_logto() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let before = alice.cookies.clone();
    let out = alice.navigate("/auth/sign-out", From::OwnPage).await;
    assert_eq!(out.status, Status::SeeOther);
    assert!(out.location().starts_with(&format!("{}/session/end?", app.idp.issuer())));
    assert_eq!(app.idp.requests().revocation(), 1);
    let back = alice.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(back.location(), "/");
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    assert!(alice.cookies.is_empty(), "{:?}", alice.cookies);

    alice.cookies = before;
    assert_eq!(alice.open("/account").await.status, Status::SeeOther, "the old cookie is invalid");
}

#[rocket::async_test]
async fn user_info_comes_with_the_access_token_of_the_sign_in_and_later_with_a_renewed_one() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let profile = alice.open("/profile").await;
    assert_eq!(profile.status, Status::Ok, "{profile:?}");
    assert_eq!(app.idp.requests().token(), 1);
    assert!(!profile.sets_cookies());

    app.clock.advance(std::time::Duration::from_secs(3550));
    let profile = alice.open("/profile").await;
    assert_eq!(profile.status, Status::Ok, "{profile:?}");
    assert_eq!(app.idp.requests().token_by_grant("refresh_token"), 1);
    assert!(profile.sets_cookies(), "the browser gets the newer generation");
}

#[rocket::async_test]
async fn a_developer_who_opens_the_site_by_its_number_signs_in_under_its_name() {
    let app = App::start().await;
    let start = "/auth/sign-in?return_to=%2Faccount";
    let by_host = [
        ("127.0.0.1:8000", "http://localhost:8000/auth/sign-in?return_to=%2Faccount"),
        ("[::1]:8000", "http://localhost:8000/auth/sign-in?return_to=%2Faccount"),
        ("localhost:8000", "http://127.0.0.1:"),
        ("127.0.0.1:8001", "http://127.0.0.1:"),
        ("evil.example:8000", "http://127.0.0.1:"),
        ("evil.example/@127.0.0.1:8000", "http://127.0.0.1:"),
    ];
    for (host, location) in by_host {
        let mut browser = app.browser();
        browser.headers.push(("Host".into(), host.into()));
        let answer = browser.open(start).await;
        assert_eq!(answer.status, Status::SeeOther, "{host}: {answer:?}");
        assert!(answer.location().starts_with(location), "{host}: {answer:?}");
        assert_eq!(answer.sets_cookies(), location.ends_with(':'), "{host}: {answer:?}");
    }
}

#[rocket::async_test]
async fn an_access_token_that_died_early_is_renewed_once() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.expire_access_tokens();
    let profile = alice.open("/profile").await;
    assert_eq!(profile.status, Status::Ok, "{profile:?}");
    assert_eq!(app.idp.requests().token_by_grant("refresh_token"), 1);
    assert_eq!(app.idp.requests().userinfo(), 2);
}

#[rocket::async_test]
async fn a_test_signs_a_user_in_without_a_provider() {
    let app = App::start().await;
    app.idp.forget_requests();
    let cookies = testing::sign_in(&app.client, User::new("carol").role("admin")).await.unwrap();
    let mut carol = app.browser();
    for cookie in cookies {
        carol.cookies.insert(cookie.name().into(), cookie.value().into());
    }
    assert_eq!(carol.open("/").await.body, "Hello, carol");
    assert_eq!(carol.open("/admin").await.status, Status::Ok);
    assert_eq!((app.idp.requests().token(), app.idp.requests().authorizations()), (0, 0));
}

/// A redirect chain that another site began carries no `Strict` cookie, so that a second sign-in
/// would follow the first, and so on.
#[rocket::async_test]
async fn with_a_strict_cookie_the_way_back_leads_over_a_page_of_this_site() {
    let session = SessionConfig::new().same_site(SameSite::Strict);
    let app = App::builder().config(|config| config.session(session)).start().await;
    let mut alice = app.browser();
    let back = app.sign_in(&mut alice, "alice", "/account?tab=a%22b").await;
    assert_eq!(back.status, Status::Ok);
    let forward = r#"<meta http-equiv="refresh" content="0; url=/account?tab=a%22b">"#;
    assert!(back.body.contains(forward), "{}", back.body);
    assert!(back.all("Set-Cookie")[1].contains("SameSite=Strict"), "{back:?}");
    assert_eq!(alice.navigate("/account", From::OwnPage).await.status, Status::Ok);
}
