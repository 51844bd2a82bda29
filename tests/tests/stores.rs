//! The stores that need nothing beside this process, and how the launch takes any of them.

use std::time::Duration;

use logto_rocket::{
    Clock, Config, Logto, LogtoFairing, MemoryStore, Record, Replaced, SessionConfig, SessionStore,
    Store, StoreId,
};
use logto_rocket_tests::app::{ORIGIN, figment};
use logto_rocket_tests::log::Log;
use logto_rocket_tests::wait::until;
use rocket::local::asynchronous::Client;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The store that the documentation of the trait shows.
#[path = "../../logto-rocket/src/session/store/example.rs"]
mod example;

mod memory {
    logto_rocket::session_store_conformance!(async { logto_rocket::MemoryStore::new(10_000) });
}

mod map {
    logto_rocket::session_store_conformance!(async { super::example::MapStore::new() });
}

fn record(sub: &str) -> Record {
    Record::new("sealed", sub, None, 1_700_000_000)
}

fn id(number: usize) -> StoreId {
    StoreId::from(format!("{number:043}"))
}

#[rocket::async_test]
async fn expiry_follows_the_clock_that_a_store_is_given() {
    let clock = Clock::frozen();
    let store = MemoryStore::timed_by(clock.clone(), 100);
    store.create(&id(1), &record("alice"), HOUR).await.unwrap();
    store.create(&id(2), &record("alice"), 3 * HOUR).await.unwrap();
    assert_eq!(store.lease(&id(2), "one", HOUR).await, Ok(true));
    clock.advance(HOUR);
    assert_eq!(store.load(&id(1)).await, Ok(None));
    assert_eq!(store.replace(&id(1), 0, &record("alice"), HOUR).await, Ok(Replaced::Gone));
    assert!(store.load(&id(2)).await.unwrap().is_some());
    assert_eq!(store.list_by_sub("alice").await.unwrap().len(), 1);
    assert_eq!(store.lease(&id(2), "two", HOUR).await, Ok(true));
}

#[rocket::async_test]
async fn a_full_memory_takes_every_new_session_and_lets_go_of_the_longest_unused() {
    let log = Log::alone().await;
    let clock = Clock::frozen();
    let store = MemoryStore::timed_by(clock.clone(), 1000);
    let warnings = || log.ours().matches("there is room for 1000").count();
    for number in 0..1000 {
        store.create(&id(number), &record("alice"), HOUR).await.unwrap();
    }
    assert_eq!(warnings(), 0);
    for number in 1000..10_000 {
        // Somebody who is always there.
        assert!(store.load(&id(0)).await.unwrap().is_some(), "at {number}");
        store.create(&id(number), &record("bob"), HOUR).await.unwrap();
        assert!(store.load(&id(number)).await.unwrap().is_some(), "{number}");
    }
    assert_eq!(store.load(&id(1)).await, Ok(None));
    let kept = store.list_by_sub("bob").await.unwrap().len();
    assert!((900..1600).contains(&kept), "{kept}");
    assert_eq!(warnings(), 1);

    clock.advance(Duration::from_secs(60));
    for number in 10_000..12_000 {
        store.create(&id(number), &record("bob"), HOUR).await.unwrap();
    }
    assert_eq!(warnings(), 2);
}

#[rocket::async_test]
async fn the_sessions_of_a_user_are_found_among_many() {
    let store = MemoryStore::new(50_000);
    for number in 0..20_000 {
        store.create(&id(number), &record(&format!("user {}", number / 2)), HOUR).await.unwrap();
    }
    let ids = |listed: Vec<(StoreId, _)>| {
        let mut ids: Vec<_> = listed.into_iter().map(|(id, _)| id).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(store.list_by_sub("user 77").await.unwrap()), [id(154), id(155)]);
    store.delete_by_sub("user 77", u64::MAX).await.unwrap();
    assert_eq!(store.list_by_sub("user 77").await.unwrap().len(), 0);
    assert_eq!(store.list_by_sub("user 78").await.unwrap().len(), 2);
}

#[rocket::async_test]
async fn the_launch_tells_where_sessions_are_kept() {
    let log = Log::alone().await;
    let redis =
        SessionConfig::new().store(Store::Redis).redis_url("redis://:hunter2@127.0.0.1:1/3");
    let own = fairing(SessionConfig::new()).store(MemoryStore::new(10));
    for (fairing, place) in [
        (fairing(SessionConfig::new()), "sessions: in cookies, "),
        (
            fairing(SessionConfig::new().store(Store::Memory)),
            "sessions: in the memory of this process, ",
        ),
        (fairing(redis), "sessions: in Redis at 127.0.0.1:1, "),
        (own, "sessions: in a store of the application's own, "),
    ] {
        let launched = Client::untracked(rocket::custom(figment()).attach(fairing)).await;
        assert!(launched.is_ok(), "{place}: {}", log.ours());
        let lines = log.lines();
        assert!(lines.iter().any(|line| line.text.starts_with(place)), "{place}: {lines:?}");
    }
    // Nobody listens there: the launch has not waited, but it is told.
    let told = async || log.ours().contains("Redis at 127.0.0.1:1 is out of reach");
    until("the log tells that Redis is out of reach", told).await;
    for line in log.lines() {
        assert!(!line.text.contains("hunter2"), "{line:?}");
    }
}

#[rocket::async_test]
async fn a_store_of_ones_own_beside_a_configured_one_is_refused() {
    let log = Log::alone().await;
    for store in [Store::Cookie, Store::Memory, Store::Redis] {
        let from = log.ours().len();
        let fairing = fairing(SessionConfig::new().store(store)).store(MemoryStore::new(10));
        let launched = Client::untracked(rocket::custom(figment()).attach(fairing)).await;
        // Rocket's error panics if nobody looks at it.
        let refused = launched.err().is_some_and(|error| {
            matches!(error.kind(), rocket::error::ErrorKind::FailedFairings(_))
        });
        assert!(refused, "{store:?}");
        let said = log.ours().split_off(from);
        assert!(said.contains("logto.session.store = ") && said.contains("take out one"), "{said}");
    }
}

fn fairing(session: SessionConfig) -> LogtoFairing {
    let config = Config::new()
        .endpoint("http://127.0.0.1:9")
        .app_id("an_app")
        .app_secret("an-app-secret")
        .base_url(ORIGIN)
        .session(session);
    Logto::fairing().config(config)
}
