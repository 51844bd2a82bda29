//! A new session at each sign-in; what was there before is dead.

use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use rocket::http::Status;

async fn session_of(browser: &mut Browser<'_>) -> (String, String) {
    let account = browser.open("/account").await;
    assert_eq!(account.status, Status::Ok, "{account:?}");
    let (user, session) = account.body.split_once(" in ").expect("both");
    (user.to_owned(), session.to_owned())
}

async fn is_dead(app: &App, cookies: &Browser<'_>) {
    let mut replayed = app.browser();
    replayed.cookies.clone_from(&cookies.cookies);
    let answer = replayed.open("/account").await;
    assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
    assert_eq!(replayed.open("/").await.body, "Hello, stranger");
}

fn copy<'a>(app: &'a App, browser: &Browser<'_>) -> Browser<'a> {
    let mut copy = app.browser();
    copy.cookies.clone_from(&browser.cookies);
    copy
}

/// Past mistake 19: a session that was there before the sign-in became the user's.
#[rocket::async_test]
async fn a_session_that_was_planted_does_not_become_the_users() {
    let app = App::start().await;
    let mut attacker = app.signed_in("bob").await;
    let (_, planted) = session_of(&mut attacker).await;
    let mut victim = copy(&app, &attacker);
    app.sign_in(&mut victim, "alice", "/").await;
    let (user, session) = session_of(&mut victim).await;
    assert_eq!(user, app.idp.user_id("alice").unwrap());
    assert_ne!(session, planted);
    assert!(attacker.cookies.values().all(|old| !victim.cookies.values().any(|new| new == old)));
    is_dead(&app, &attacker).await;
}

#[rocket::async_test]
async fn signing_in_again_as_the_same_user_ends_the_session_before() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let before = copy(&app, &alice);
    let (user, old) = session_of(&mut alice).await;
    app.sign_in(&mut alice, "alice", "/").await;
    let (same, new) = session_of(&mut alice).await;
    assert_eq!(user, same);
    assert_ne!(old, new);
    is_dead(&app, &before).await;
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
        session_of(&mut browser).await;
        assert!(!browser.cookies.values().any(|value| value.contains("planted")));
    }
}

#[rocket::async_test]
async fn another_browser_of_the_same_user_stays_signed_in() {
    let app = App::start().await;
    let mut desk = app.signed_in("alice").await;
    let mut phone = app.signed_in("alice").await;
    assert_ne!(session_of(&mut desk).await.1, session_of(&mut phone).await.1);
    app.sign_in(&mut phone, "bob", "/").await;
    session_of(&mut desk).await;
}

#[rocket::async_test]
async fn a_sign_in_that_fails_leaves_the_session_as_it_was() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let (_, before) = session_of(&mut alice).await;
    app.idp.tamper(logto_rocket::testing::Tamper::WrongKey);
    let failed = app.sign_in(&mut alice, "bob", "/").await;
    assert_eq!(failed.status, Status::BadGateway);
    assert_eq!(session_of(&mut alice).await.1, before);
}
