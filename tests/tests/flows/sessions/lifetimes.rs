//! How long a session lasts: by the server's clock, whatever the browser keeps.

use std::time::Duration;

use logto_rocket::{Clock, SessionConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use rocket::http::Status;

const MINUTE: Duration = Duration::from_secs(60);

async fn lasting(session: SessionConfig) -> App {
    App::builder().config(|config| config.session(session)).start().await
}

/// Guards against this mistake: a sealed cookie had no end of its own, so that a copy was good for
/// ever.
#[rocket::async_test]
async fn a_cookie_is_invalid_after_max_lifetime_and_a_clock_set_back_does_not_revive_it() {
    let session = SessionConfig::new().max_lifetime(120 * MINUTE).revalidate_after(None);
    let app = lasting(session).await;
    let mut alice = app.signed_in("alice").await;
    let kept = alice.cookies.clone();
    app.clock.advance(119 * MINUTE);
    assert!(alice.is_signed_in().await);
    app.clock.advance(MINUTE + MINUTE);
    alice.cookies.clone_from(&kept);
    assert!(!alice.is_signed_in().await);
    app.clock.set_back(120 * MINUTE);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn an_idle_session_is_over_and_one_in_use_is_not() {
    let session = SessionConfig::new().idle_timeout(10 * MINUTE).revalidate_after(None);
    let app = lasting(session).await;
    let mut alice = app.signed_in("alice").await;
    let first = alice.cookies.clone();
    for _ in 0..5 {
        app.clock.advance(9 * MINUTE);
        assert!(alice.is_signed_in().await);
    }
    let mut thief = app.browser();
    thief.cookies = first;
    assert!(!thief.is_signed_in().await, "an old copy is as old as it is");
    let last = alice.cookies.clone();
    app.clock.advance(11 * MINUTE);
    alice.cookies = last;
    assert!(!alice.is_signed_in().await);
    app.clock.set_back(10 * MINUTE);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_session_in_use_is_written_once_a_minute_whatever_the_handler_answers() {
    let session = SessionConfig::new().idle_timeout(60 * MINUTE);
    let app = lasting(session).await;
    let mut alice = app.signed_in("alice").await;
    for path in ["/account", "/missing", "/broken", "/nowhere"] {
        app.clock.advance(Duration::from_secs(55));
        let early = alice.open(path).await;
        assert!(!early.sets_cookies(), "{early:?}");
        app.clock.advance(Duration::from_secs(6));
        let due = alice.open(path).await;
        // No guard runs where there is no route, and the session is not looked at.
        assert_eq!(due.sets_cookies(), path != "/nowhere", "{due:?}");
        let again = alice.open(path).await;
        assert!(!again.sets_cookies(), "{again:?}");
    }
    // A refused request counts as use, too.
    let mut bob = app.signed_in("bob").await;
    app.clock.advance(MINUTE + MINUTE);
    let refused = bob.open("/admin").await;
    assert_eq!(refused.status, Status::Forbidden);
    assert!(refused.sets_cookies(), "{refused:?}");

    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(30 * MINUTE);
    assert!(!alice.open("/account").await.sets_cookies(), "without an idle timeout never");
}

#[rocket::async_test]
async fn a_suspended_user_is_signed_out_when_the_claims_are_too_old() {
    let session = SessionConfig::new().revalidate_after(10 * MINUTE);
    let app = lasting(session).await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    app.clock.advance(9 * MINUTE);
    assert!(alice.is_signed_in().await);
    app.clock.advance(2 * MINUTE);
    assert!(!alice.is_signed_in().await);
    app.clock.set_back(11 * MINUTE);
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_session_from_the_future_is_not_believed() {
    let app = App::start().await;
    let now = app.signed_in("alice").await.cookies;
    app.clock.advance(10 * MINUTE);
    let later = app.signed_in("alice").await.cookies;
    let elsewhere = app.second_process(Clock::frozen()).await;
    for (cookies, good) in [(now, true), (later, false)] {
        let mut browser = Browser::new(&elsewhere);
        browser.cookies = cookies;
        assert_eq!(browser.is_signed_in().await, good);
    }
}
