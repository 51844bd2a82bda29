//! `max_age`: a fresh sign-in is asked for, once, and of the same user.

use std::time::Duration;

use logto_rocket::{Config, SessionConfig, authenticated};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::uri::path_of;
use rocket::http::Status;
use rocket::{get, routes};

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() {}

#[authenticated(max_age = "15m", role = "auditor")]
#[get("/audit")]
fn audit() {}

#[authenticated(any(max_age = "1s", role = "auditor"))]
#[get("/instant")]
fn instant() {}

async fn app() -> App {
    App::builder().routes(routes![vault, audit, instant]).start().await
}

/// Goes through the fresh sign-in that a page asks for, up to the callback's answer.
async fn step_up(app: &App, browser: &mut Browser<'_>, path: &str, username: &str) -> String {
    let refused = browser.open(path).await;
    assert_eq!(refused.status, Status::SeeOther, "{refused:?}");
    let start = browser.open(refused.location()).await;
    let callback = app.idp.authorize(start.location(), username).await.unwrap();
    let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!(back.status, Status::SeeOther, "{back:?}");
    back.location().to_owned()
}

#[rocket::async_test]
async fn a_sign_in_that_is_too_old_is_made_fresh() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let refused = alice.open("/vault").await;
    assert_eq!(refused.location(), "/auth/sign-in?return_to=%2Fvault&max_age=900");
    let start = alice.open(refused.location()).await;
    assert!(start.location().contains("prompt=login+consent"), "{start:?}");
    assert!(start.location().contains("max_age=900"), "{start:?}");

    assert_eq!(step_up(&app, &mut alice, "/vault", "alice").await, "/vault");
    assert_eq!(alice.open("/vault").await.status, Status::Ok);
    app.clock.advance(Duration::from_secs(14 * 60));
    assert_eq!(alice.open("/vault").await.status, Status::Ok);
    app.clock.advance(Duration::from_secs(2 * 60));
    assert_eq!(alice.open("/vault").await.status, Status::SeeOther);
    assert_eq!(alice.open("/account").await.status, Status::Ok, "the session is as good as before");
}

#[rocket::async_test]
async fn auth_time_is_kept_whatever_claims_are() {
    let keep = |config: Config| config.session(SessionConfig::new().claims(["name"]));
    let app = App::builder().config(keep).routes(routes![vault]).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(step_up(&app, &mut alice, "/vault", "alice").await, "/vault");
    assert_eq!(alice.open("/vault").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_script_gets_the_challenge_of_rfc_9470() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let refused = alice.fetch("/vault").await;
    assert_eq!(refused.status, Status::Unauthorized);
    assert_eq!(
        refused.header("WWW-Authenticate"),
        Some(r#"Bearer error="insufficient_user_authentication", max_age="900""#)
    );
    assert!(refused.body.contains("max_age=900"), "{}", refused.body);
}

#[rocket::async_test]
async fn no_fresh_sign_in_is_asked_for_where_another_requirement_fails() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/audit").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn a_fresh_sign_in_of_another_user_does_not_go_on_where_the_first_was() {
    let app = app().await;
    let mut browser = app.signed_in("alice").await;
    assert_eq!(step_up(&app, &mut browser, "/vault", "bob").await, "/");
    assert!(browser.open("/account").await.body.starts_with(&app.idp.user_id("bob").unwrap()));
}

#[rocket::async_test]
async fn a_sign_in_that_stays_old_is_explained_and_not_tried_again() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(step_up(&app, &mut alice, "/instant", "alice").await, "/instant");
    app.clock.advance(Duration::from_secs(2));
    let refused = alice.open("/instant").await;
    assert_eq!(refused.status, Status::Forbidden);
    let who = "You are signed in as Alice Liddell. You have just signed in, but";
    for part in
        ["A recent sign-in is needed", who, ">Sign in<", ">Use another account<", ">Sign out<"]
    {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
}
