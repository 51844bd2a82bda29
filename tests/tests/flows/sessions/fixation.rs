//! A new session at each sign-in; the one before it has ended.

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use rocket::http::Status;

async fn is_over(app: &App, browser: &Browser<'_>) {
    let mut replayed = browser.at(&app.client);
    let answer = replayed.open("/account").await;
    assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
    assert_eq!(replayed.open("/").await.body, "Hello, stranger");
}

/// Guards against this mistake: a session that was there before the sign-in became the user's.
#[rocket::async_test]
async fn a_session_that_was_planted_does_not_become_the_users() {
    let app = App::start().await;
    let mut attacker = app.signed_in("bob").await;
    let (_, planted) = attacker.account().await.unwrap();
    let mut victim = attacker.at(&app.client);
    app.sign_in(&mut victim, "alice", "/").await;
    let (user, session) = victim.account().await.unwrap();
    assert_eq!(user, app.idp.user_id("alice").unwrap());
    assert_ne!(session, planted);
    assert!(attacker.cookies.values().all(|old| !victim.cookies.values().any(|new| new == old)));
    is_over(&app, &attacker).await;
}

#[rocket::async_test]
async fn signing_in_again_as_the_same_user_ends_the_session_before() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let before = alice.at(&app.client);
    let (user, old) = alice.account().await.unwrap();
    app.sign_in(&mut alice, "alice", "/").await;
    let (same, new) = alice.account().await.unwrap();
    assert_eq!(user, same);
    assert_ne!(old, new);
    is_over(&app, &before).await;
}

#[rocket::async_test]
async fn a_value_that_was_planted_is_overwritten() {
    let app = App::start().await;
    let name = app.signed_in("alice").await.cookies.into_keys().next().unwrap();
    let mut browser = app.browser();
    for planted in ["planted", "2.planted", ""] {
        browser.cookies.insert(name.clone(), planted.into());
        browser.cookies.insert(format!("{name}-1"), "planted".into());
        app.sign_in(&mut browser, "alice", "/").await;
        browser.account().await.unwrap();
        assert!(!browser.cookies.values().any(|value| value.contains("planted")));
    }
}

#[rocket::async_test]
async fn another_browser_of_the_same_user_stays_signed_in() {
    let app = App::start().await;
    let mut desk = app.signed_in("alice").await;
    let mut phone = app.signed_in("alice").await;
    assert_ne!(desk.account().await.unwrap().1, phone.account().await.unwrap().1);
    app.sign_in(&mut phone, "bob", "/").await;
    desk.account().await.unwrap();
}

#[rocket::async_test]
async fn a_sign_in_that_fails_leaves_the_session_as_it_was() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let (_, before) = alice.account().await.unwrap();
    app.idp.tamper(logto_rocket::testing::Tamper::WrongKey);
    let failed = app.sign_in(&mut alice, "bob", "/").await;
    assert_eq!(failed.status, Status::BadGateway);
    assert_eq!(alice.account().await.unwrap().1, before);
}
