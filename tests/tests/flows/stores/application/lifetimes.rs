//! How long a session in a store lasts, and how often its record is written.

use logto_rocket::SessionConfig;
use logto_rocket_tests::app::App;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fleet::{Fleet, Place};
use logto_rocket_tests::wait::until;
use rocket::http::Status;

use super::{MINUTE, start};

at_each_place!(in_memory: Memory, in_a_shared_store: Shared, in_redis: Redis => [
    a_session_is_over_when_it_is_too_old_or_unused,
    a_session_in_use_does_not_end_however_short_the_idle_timeout_is,
    a_session_that_is_only_polled_is_over_at_its_idle_timeout,
]);

at_each_place!(shared: Shared, redis: Redis => [
    a_record_is_written_once_a_minute_while_it_is_used,
]);

async fn a_session_is_over_when_it_is_too_old_or_unused(place: Place) {
    let session = SessionConfig::new()
        .max_lifetime(60 * MINUTE)
        .idle_timeout(10 * MINUTE)
        .revalidate_after(None);
    let Some(Fleet { app, redis: _redis, .. }) = start(place, session).await else { return };
    let mut unused = app.signed_in("bob").await;
    let mut alice = app.signed_in("alice").await;
    for minute in 1..=6 {
        app.clock.advance(9 * MINUTE);
        assert!(alice.account().await.is_some(), "after {} minutes", 9 * minute);
        until_seen(&app, &mut alice).await;
    }
    assert_eq!(unused.account().await, None);
    app.clock.advance(6 * MINUTE);
    assert_eq!(alice.account().await, None, "after an hour");
    app.clock.set_back(10 * MINUTE);
    assert_eq!(unused.account().await, None);
}

async fn a_session_in_use_does_not_end_however_short_the_idle_timeout_is(place: Place) {
    let session = SessionConfig::new().idle_timeout(MINUTE / 3);
    let Some(Fleet { app, redis: _redis, .. }) = start(place, session).await else { return };
    let mut alice = app.signed_in("alice").await;
    for _ in 0..10 {
        app.clock.advance(MINUTE / 4);
        assert!(alice.account().await.is_some());
        until_seen(&app, &mut alice).await;
    }
    app.clock.advance(MINUTE / 3);
    assert_eq!(alice.account().await, None);
}

async fn a_session_that_is_only_polled_is_over_at_its_idle_timeout(place: Place) {
    let session = SessionConfig::new().idle_timeout(10 * MINUTE).revalidate_after(None);
    let Some(Fleet { app, redis: _redis, .. }) = start(place, session).await else { return };
    let mut polled = app.signed_in("bob").await;
    let mut alice = app.signed_in("alice").await;
    for _ in 0..3 {
        app.clock.advance(3 * MINUTE);
        assert_eq!(polled.open("/poll").await.status, Status::Ok);
        assert!(alice.account().await.is_some());
        until_seen(&app, &mut alice).await;
    }
    app.clock.advance(2 * MINUTE);
    assert_eq!(polled.open("/poll").await.status, Status::SeeOther, "it is over");
    assert!(alice.account().await.is_some());
}

/// Waits until it is written that the session was seen now, which happens behind the request.
async fn until_seen(app: &App, browser: &mut Browser<'_>) {
    let is_written = async || {
        let sessions = browser.open("/sessions").await.body;
        let sessions: Vec<serde_json::Value> = serde_json::from_str(&sessions).expect("a list");
        sessions.iter().any(|session| session["last_seen"] == app.clock.now())
    };
    until("it is written that the session was seen", is_written).await;
}

async fn a_record_is_written_once_a_minute_while_it_is_used(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new().revalidate_after(None)).await else {
        return;
    };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let user = fleet.stored_name(&app.idp.user_id("alice").unwrap());
    let version = async || fleet.store().list_by_sub(&user).await.unwrap()[0].1.version;
    assert_eq!(version().await, 0);
    for minute in 1..=3 {
        app.clock.advance(MINUTE);
        for _ in 0..10 {
            assert!(alice.account().await.is_some());
        }
        until_seen(app, &mut alice).await;
        for _ in 0..10 {
            assert!(alice.account().await.is_some());
        }
        assert_eq!(version().await, minute);
    }
}
