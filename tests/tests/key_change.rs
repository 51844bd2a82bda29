//! The secret key is changed on a running fleet as the manual says, and nobody is signed out.

use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Place, Plan};
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::local::asynchronous::Client;

/// The key of the test application.
const OLD: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
const NEW: &str = "c3VjaCBhIGtleSBpcyBmb3IgdGVzdHMgb25seSAuLi4=";

/// The processes of the three steps: the new key last, then first, then alone.
async fn steps(process: impl AsyncFn(&'static [&'static str]) -> Client) -> [Client; 3] {
    [process(&[OLD, NEW]).await, process(&[NEW, OLD]).await, process(&[NEW]).await]
}

async fn in_cookie_mode(app: &App) -> [Client; 3] {
    let process = async |keys: &'static [&'static str]| {
        launch(&app.clock, config_for(&app.idp).secret_keys(keys.iter().copied()), vec![]).await
    };
    steps(process).await
}

/// The same browser at another process.
fn at<'a>(process: &'a Client, browser: &Browser<'_>) -> Browser<'a> {
    let mut moved = Browser::new(process);
    moved.cookies.clone_from(&browser.cookies);
    moved
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.open("/account").await.status == Status::Ok
}

#[rocket::async_test]
async fn sessions_in_cookies_outlive_their_key_at_processes_old_and_new() {
    let app = App::start().await;
    let [added, first, alone] = in_cookie_mode(&app).await;
    let alice = app.signed_in("alice").await;

    let mut browser = at(&added, &alice);
    assert!(is_signed_in(&mut browser).await);
    assert_eq!(browser.cookies, alice.cookies, "the old key still seals");
    let mut browser = at(&first, &browser);
    assert!(is_signed_in(&mut browser).await);
    assert_ne!(browser.cookies, alice.cookies, "sealed again, with the new key");
    let mut back = at(&added, &browser);
    assert!(is_signed_in(&mut back).await, "at a process that has not been restarted yet");
    let mut browser = at(&first, &back);
    assert!(is_signed_in(&mut browser).await);
    assert!(is_signed_in(&mut at(&alone, &browser)).await, "the old key is gone");

    assert!(!is_signed_in(&mut at(&alone, &alice)).await, "what only the old key opens is nothing");
    assert!(!is_signed_in(&mut at(&app.client, &browser)).await, "nor without the new key");
}

#[rocket::async_test]
async fn a_sign_in_goes_on_at_a_process_with_the_new_key_first() {
    let app = App::start().await;
    let [added, first, alone] = in_cookie_mode(&app).await;
    for (from, to, status) in [
        (&app.client, &added, Status::SeeOther),
        (&added, &first, Status::SeeOther),
        (&first, &added, Status::SeeOther),
        (&first, &alone, Status::SeeOther),
        (&app.client, &alone, Status::BadRequest),
    ] {
        let mut browser = Browser::new(from);
        let callback = app.callback(&mut browser, "alice", "/account").await;
        let mut browser = at(to, &browser);
        let answer = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(is_signed_in(&mut browser).await, status == Status::SeeOther);
    }
}

#[rocket::async_test]
async fn sessions_in_a_store_outlive_their_key() {
    let Some(fleet) = Plan::at(Place::Shared).start().await else { return };
    let process = async |keys: &'static [&'static str]| {
        fleet.another_with(|config| config.secret_keys(keys.iter().copied())).await
    };
    let [added, first, alone] = steps(process).await;
    let alice = fleet.app.signed_in("alice").await;
    let bob = fleet.app.signed_in("bob").await;
    for process in [&added, &first] {
        assert!(is_signed_in(&mut at(process, &alice)).await);
    }
    // It is written again behind the request.
    let resealed = async || {
        assert!(is_signed_in(&mut at(&first, &alice)).await);
        is_signed_in(&mut at(&alone, &alice)).await
    };
    until("it is sealed with the new key", resealed).await;
    assert!(is_signed_in(&mut at(&added, &alice)).await);
    assert!(!is_signed_in(&mut at(&alone, &bob)).await, "what only the old key opens is nothing");
}
