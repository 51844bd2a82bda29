//! Which sessions a logout token ends.

use std::time::Duration;

use logto_rocket::SessionConfig;
use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::wait::until;
use rocket::futures::future::join;
use rocket::http::{Method, Status};

use super::{ROUTE, app, app_with, without_sid};

#[rocket::async_test]
async fn a_sid_ends_exactly_its_session_and_no_old_cookie_revives_it() {
    let app = app().await;
    let (mut laptop, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.clock.advance(Duration::from_secs(1));
    let mut phone = app.signed_in("alice").await;
    let old = phone.cookies.clone();
    let answer = app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await;
    assert_eq!((answer.status, &*answer.body), (Status::Ok, ""));
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert!(!answer.sets_cookies());
    for _ in 0..3 {
        assert!(!phone.is_signed_in().await);
        assert_eq!(phone.open("/").await.body, "Hello, stranger");
        assert_eq!(phone.open("/profile").await.status, Status::SeeOther);
        phone.cookies.clone_from(&old);
    }
    assert!(laptop.is_signed_in().await);
    assert!(bob.is_signed_in().await);
}

/// Guards against this mistake: of three sessions of a user, one ended.
#[rocket::async_test]
async fn a_sub_ends_all_sessions_that_were_signed_in_before_it_and_no_later_one() {
    for session_required in [true, false] {
        let app = App::builder()
            .provider(|provider| provider.session_required(session_required))
            .start()
            .await;
        let mut bob = app.signed_in("bob").await;
        let mut before = Vec::new();
        for _ in 0..3 {
            before.push(app.signed_in("alice").await);
            app.clock.advance(Duration::from_secs(20));
        }
        before.push(app.signed_in("alice").await);
        let token = without_sid(&app);
        app.clock.advance(Duration::from_secs(20));
        let mut later = app.signed_in("alice").await;
        assert_eq!(app.post_logout_token(&token).await.status, Status::Ok);
        for browser in &mut before {
            assert!(!browser.is_signed_in().await);
        }
        assert!(later.is_signed_in().await);
        assert!(bob.is_signed_in().await);
    }
}

#[rocket::async_test]
async fn a_session_keeps_its_sid_whatever_other_claims_it_keeps() {
    let app = app_with(|config| config.session(SessionConfig::new().claims(["email"]))).await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(
        app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await.status,
        Status::Ok
    );
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn it_needs_no_cookie_and_is_no_request_of_a_browser() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut stranger = app.browser();
    stranger.headers = vec![
        ("Origin".into(), "https://elsewhere.example".into()),
        ("Sec-Fetch-Site".into(), "cross-site".into()),
    ];
    let body = format!("logout_token={}", app.idp.logout_token("alice").unwrap());
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = stranger.request(Method::Post, ROUTE, &form, &body).await;
    assert_eq!(answer.status, Status::Ok);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn the_refresh_token_of_the_session_is_revoked_meanwhile() {
    let app = app().await;
    let _alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    assert_eq!(
        app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await.status,
        Status::Ok
    );
    until("the token is revoked", async || app.idp.requests().revocation() > 0).await;
}

#[rocket::async_test]
async fn a_session_that_ends_while_its_tokens_are_renewed_stays_ended() {
    let app = App::builder()
        .provider(|provider| provider.session_required(true).rotating(true))
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    let (mut tab, old) = (alice.at(&app.client), alice.cookies.clone());
    app.clock.advance(Duration::from_secs(3550));
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let ending = async {
        until("the refresh begins", async || app.idp.requests().token() > 0).await;
        let token = app.idp.logout_token("alice").unwrap();
        let answer = app.post_logout_token(&token).await;
        app.idp.heal();
        answer
    };
    let (late, ended) = join(alice.open("/profile"), ending).await;
    assert_eq!(ended.status, Status::Ok);
    let written = |header: &&str| header.contains("logto-") && !header.contains("Max-Age=0");
    assert!(late.all("Set-Cookie").iter().find(|header| written(header)).is_none(), "{late:?}");
    assert!(!alice.is_signed_in().await);
    assert!(!tab.is_signed_in().await);
    alice.cookies = old;
    assert!(!alice.is_signed_in().await);
    assert_eq!(alice.fetch("/auth/user").await.status, Status::Unauthorized);
}
