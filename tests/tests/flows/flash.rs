//! What users read once after a sign-in and a sign-out (`sign_in.flash`, `sign_out.flash`).

use logto_rocket::{Config, Logto, LogtoUser, SignInConfig, SignOut, SignOutConfig};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::uri::path_of;
use rocket::http::{Cookie, Status};
use rocket::request::FlashMessage;
use rocket::{Route, get, post, routes};

const IN: &str = "Grüß Gott: you are in, 100 %; enjoy.";
const OUT: &str = "You are signed out.";

#[get("/flash")]
fn flash(flash: Option<FlashMessage<'_>>) -> String {
    flash.map_or_else(|| "-".into(), |flash| format!("{} {}", flash.kind(), flash.message()))
}

#[post("/leave")]
async fn leave(logto: &Logto, user: &LogtoUser) -> SignOut {
    logto.sign_out(user).local_only().return_to("/flash").start().await
}

fn own() -> Vec<Route> {
    routes![flash, leave]
}

fn with_texts(config: Config) -> Config {
    config.sign_in(SignInConfig::new().flash(IN)).sign_out(SignOutConfig::new().flash(OUT))
}

async fn app() -> App {
    App::builder().config(with_texts).routes(own()).start().await
}

/// What the page shows. The client of the test hands cookies on as they are, and so without what Rocket
/// decodes of a request.
async fn shown(browser: &mut Browser<'_>) -> String {
    if let Some(encoded) = browser.cookies.get("_flash") {
        let cookie = Cookie::parse_encoded(format!("_flash={encoded}")).expect("a cookie");
        let value = cookie.value().to_owned();
        browser.cookies.insert("_flash".into(), value);
    }
    browser.open("/flash").await.body
}

/// The one header that sets the message, if any does.
fn set_by(answer: &Answer) -> Option<&str> {
    answer.all("Set-Cookie").into_iter().find(|header| header.starts_with("_flash="))
}

#[rocket::async_test]
async fn the_page_after_a_sign_in_shows_the_text_once() {
    let app = app().await;
    let mut browser = app.browser();
    let end = app.sign_in(&mut browser, "alice", "/flash").await;
    assert_eq!((end.status, end.location()), (Status::SeeOther, "/flash"));
    assert_eq!(shown(&mut browser).await, format!("success {IN}"));
    assert_eq!(shown(&mut browser).await, "-");
    assert!(browser.is_signed_in().await);
}

/// Rocket's own cookie would be `Strict`, which browsers do not send to the page that Logto's answer leads
/// to.
#[rocket::async_test]
async fn browsers_send_it_to_the_page_that_logtos_answer_leads_to() {
    let app = app().await;
    let end = app.sign_in(&mut app.browser(), "alice", "/flash").await;
    let header = set_by(&end).expect("a message");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=300"] {
        assert!(header.contains(attribute), "{header}");
    }
}

#[rocket::async_test]
async fn the_page_after_a_sign_out_shows_the_text_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    alice.cookies.remove("_flash");
    let out = alice.post("/auth/sign-out?return_to=/flash", From::OwnPage, ORIGIN).await;
    assert_eq!(set_by(&out), None, "Logto is still to be visited");
    let back = logto_rocket_tests::uri::query(out.location())["post_logout_redirect_uri"].clone();
    let back = alice.navigate(&path_of(&back), From::OtherSite).await;
    assert_eq!(back.location(), "/flash");
    assert_eq!(shown(&mut alice).await, format!("success {OUT}"));
    assert_eq!(shown(&mut alice).await, "-");

    let mut alice = app.signed_in("alice").await;
    let out = alice.post("/leave", From::OwnPage, ORIGIN).await;
    assert_eq!(out.location(), "/flash");
    assert_eq!(shown(&mut alice).await, format!("success {OUT}"));
}

#[rocket::async_test]
async fn nothing_is_shown_where_nobody_has_come_in_or_left() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert!(alice.cookies.remove("_flash").is_some());
    // The same user once more, for a step-up.
    let start = alice.open("/auth/sign-in?max_age=0").await;
    let callback = path_of(&app.idp.authorize(start.location(), "alice").await.unwrap());
    let end = alice.navigate(&callback, From::OtherSite).await;
    assert_eq!((end.status, set_by(&end)), (Status::SeeOther, None), "{end:?}");
    let again = alice.navigate(&callback, From::OtherSite).await;
    assert_eq!((again.status, set_by(&again)), (Status::SeeOther, None), "{again:?}");

    let mut stranger = app.browser();
    for path in ["/auth/sign-in-callback?state=x&code=x", "/auth/sign-out-callback"] {
        let answer = stranger.navigate(path, From::OtherSite).await;
        assert_eq!(set_by(&answer), None, "{answer:?}");
    }
    let bob = app.sign_in(&mut alice, "bob", "/flash").await;
    assert!(set_by(&bob).is_some(), "another user has come in: {bob:?}");
}

#[rocket::async_test]
async fn without_texts_there_is_no_message() {
    let app = App::builder().routes(own()).start().await;
    let mut alice = app.browser();
    app.sign_in(&mut alice, "alice", "/flash").await;
    assert_eq!(shown(&mut alice).await, "-");
    assert_eq!(alice.post("/leave", From::OwnPage, ORIGIN).await.location(), "/flash");
    assert_eq!(shown(&mut alice).await, "-");
}
