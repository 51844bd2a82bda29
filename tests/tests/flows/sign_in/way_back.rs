//! Sign-ins that do not end: the page to return to is not lost.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, From};
use rocket::http::Status;

const TO_THE_PAGE: &str = "href=\"/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3\"";
const BASKET: &str = "/basket?item=3";

/// What Logto sends the browser back with if the user turns the consent down: nothing at all.
async fn cancelled(browser: &mut logto_rocket_tests::browser::Browser<'_>) -> Answer {
    let page = browser.navigate("/auth/sign-in-callback", From::OtherSite).await;
    assert_eq!(page.status, Status::Forbidden, "{page:?}");
    assert!(page.body.contains("was cancelled"), "{page:?}");
    page
}

#[rocket::async_test]
async fn a_consent_that_is_turned_down_leads_back_to_the_page_of_the_one_sign_in() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", BASKET).await;
    assert!(cancelled(&mut browser).await.body.contains(TO_THE_PAGE));
    // Nothing proves which sign-in it was, so that one goes on.
    let done = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!((done.status, done.location()), (Status::SeeOther, BASKET));
}

#[rocket::async_test]
async fn of_two_sign_ins_none_is_guessed() {
    let app = App::start().await;
    let mut browser = app.browser();
    app.callback(&mut browser, "alice", BASKET).await;
    app.callback(&mut browser, "alice", "/other").await;
    let page = cancelled(&mut browser).await;
    assert!(page.body.contains("href=\"/auth/sign-in\""), "{page:?}");
    let page = cancelled(&mut app.browser()).await;
    assert!(page.body.contains("href=\"/auth/sign-in\""), "{page:?}");
}

#[rocket::async_test]
async fn a_callback_too_late_leads_to_the_page_with_one_click() {
    let app = App::start().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3").await;
    let cookie = start.header("Set-Cookie").expect("a cookie");
    assert!(cookie.ends_with("; Max-Age=6600"), "longer than Logto waits: {cookie}");
    let callback = app.idp.authorize(start.location(), "alice").await.expect("a callback");
    let callback = logto_rocket_tests::uri::path_of(&callback);
    app.clock.advance(Duration::from_secs(3601));
    let late = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!(late.status, Status::BadRequest, "{late:?}");
    assert!(late.body.contains("This sign-in took too long"), "{late:?}");
    assert!(late.body.contains(TO_THE_PAGE), "{late:?}");
    assert_eq!(app.idp.requests().token(), 0);
    let forged = browser.navigate("/auth/sign-in-callback?state=x&code=y", From::OtherSite).await;
    assert!(forged.body.contains("href=\"/auth/sign-in\""), "{forged:?}");
}

/// Guards against this mistake: the page said that nothing was lost, and at the next try that the sign-in
/// "has already been used", though its code had never left this server.
#[rocket::async_test]
async fn a_code_that_could_not_be_sent_is_still_good() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", BASKET).await;
    app.idp.pause().await;
    for _ in 0..3 {
        let away = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(away.status, Status::ServiceUnavailable, "{away:?}");
        assert!(away.body.contains("Try again"), "{away:?}");
        assert!(away.header("Retry-After").is_some(), "{away:?}");
    }
    app.idp.resume().await.expect("the same port");
    app.clock.advance(Duration::from_secs(31));
    let done = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!((done.status, done.location()), (Status::SeeOther, BASKET), "{done:?}");
    assert_eq!(app.idp.requests().token(), 1);
    assert_eq!(browser.open("/account").await.status, Status::Ok);
}

/// A second exchange of a code makes Logto end what the first one got.
#[rocket::async_test]
async fn a_code_that_may_have_been_sent_is_never_sent_again() {
    let app = App::start().await;
    let mut browser = app.browser();
    let callback = app.callback(&mut browser, "alice", BASKET).await;
    let mut copy = browser.at(&app.client);
    app.idp.fault(Endpoint::Token, Fault::LoseAnswer);
    let lost = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!(lost.status, Status::ServiceUnavailable, "{lost:?}");
    assert!(lost.body.contains(TO_THE_PAGE) && !lost.body.contains("Nothing is lost"), "{lost:?}");
    let again = browser.navigate(&callback, From::OtherSite).await;
    assert_eq!(again.status, Status::BadRequest, "{again:?}");
    // A copy of the earlier cookie does not help either.
    app.clock.advance(Duration::from_secs(61));
    let again = copy.navigate(&callback, From::OtherSite).await;
    assert_eq!(again.status, Status::BadRequest, "{again:?}");
    assert_eq!(app.idp.requests().token(), 1);
}
