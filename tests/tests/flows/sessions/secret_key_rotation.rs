//! The secret key is changed on running processes as the manual says, and no user is signed out.

use logto_rocket_tests::app::{App, SECRET_KEY, config_for, launch};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::wait::until;
use rocket::http::Status;
use rocket::local::asynchronous::Client;

const OLD: &str = SECRET_KEY;
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

#[rocket::async_test]
async fn sessions_in_cookies_outlive_their_key_at_processes_old_and_new() {
    let app = App::start().await;
    let [added, first, alone] = in_cookie_mode(&app).await;
    let alice = app.signed_in("alice").await;

    let mut browser = alice.at(&added);
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.cookies, alice.cookies, "the old key still seals");
    let mut browser = browser.at(&first);
    assert!(browser.is_signed_in().await);
    assert_ne!(browser.cookies, alice.cookies, "sealed again, with the new key");
    let mut back = browser.at(&added);
    assert!(back.is_signed_in().await, "at a process that has not been restarted yet");
    let mut browser = back.at(&first);
    assert!(browser.is_signed_in().await);
    assert!((browser.at(&alone)).is_signed_in().await, "the old key is gone");

    assert!(!(alice.at(&alone)).is_signed_in().await, "what only the old key opens is nothing");
    assert!(!(browser.at(&app.client)).is_signed_in().await, "nor without the new key");
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
        let mut browser = browser.at(to);
        let answer = browser.navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(browser.is_signed_in().await, status == Status::SeeOther);
    }
}

#[rocket::async_test]
async fn sessions_in_a_store_outlive_their_key() {
    let Some(fleet) = Fleet::builder(Place::Shared).start().await else { return };
    let process = async |keys: &'static [&'static str]| {
        fleet.another_with(|config| config.secret_keys(keys.iter().copied())).await
    };
    let [added, first, alone] = steps(process).await;
    let alice = fleet.app.signed_in("alice").await;
    let bob = fleet.app.signed_in("bob").await;
    for process in [&added, &first] {
        assert!((alice.at(process)).is_signed_in().await);
    }
    // It is written again behind the request.
    let resealed = async || {
        assert!((alice.at(&first)).is_signed_in().await);
        (alice.at(&alone)).is_signed_in().await
    };
    until("it is sealed with the new key", resealed).await;
    assert!((alice.at(&added)).is_signed_in().await);
    assert!(!(bob.at(&alone)).is_signed_in().await, "what only the old key opens is nothing");
}
