//! What the log says of stores.

use std::time::Duration;

use logto_rocket::{
    Clock, Config, Logto, LogtoFairing, MemoryStore, Record, SessionConfig, SessionStore, Store,
    StoreId,
};
use logto_rocket_tests::app::{ORIGIN, figment};
use logto_rocket_tests::log::Log;
use logto_rocket_tests::wait::until;
use rocket::local::asynchronous::Client;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[rocket::async_test]
async fn a_full_memory_accepts_new_sessions_drops_the_longest_unused_and_warns() {
    let log = Log::alone().await;
    let clock = Clock::frozen();
    let store = MemoryStore::timed_by(clock.clone(), 1000);
    let warnings = || log.ours().matches("the store holds at most 1000").count();
    for number in 0..1000 {
        store.create(&id(number), &record("alice"), HOUR).await.unwrap();
    }
    assert_eq!(warnings(), 0);
    for number in 1000..10_000 {
        // A session that is always in use.
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
async fn the_launch_logs_where_sessions_are_stored() {
    let log = Log::alone().await;
    let redis =
        SessionConfig::new().store(Store::Redis).redis_url("redis://:hunter2@127.0.0.1:1/3");
    let sentinels = SessionConfig::new()
        .store(Store::Redis)
        .redis_url("redis+sentinel://:hunter2@127.0.0.1:1,127.0.0.1:2/shop/3");
    let own = fairing(SessionConfig::new()).store(MemoryStore::new(10));
    for (fairing, place) in [
        (fairing(SessionConfig::new()), "sessions: in cookies, "),
        (
            fairing(SessionConfig::new().store(Store::Memory)),
            "sessions: in the memory of this process, ",
        ),
        (fairing(redis), "sessions: in Redis at 127.0.0.1:1, "),
        (
            fairing(sentinels),
            "sessions: in Redis at shop of the Sentinels 127.0.0.1:1, 127.0.0.1:2, ",
        ),
        (own, "sessions: in the application's own store, "),
    ] {
        let launched = Client::untracked(rocket::custom(figment()).attach(fairing)).await;
        assert!(launched.is_ok(), "{place}: {}", log.ours());
        let lines = log.lines();
        assert!(lines.iter().any(|line| line.text.starts_with(place)), "{place}: {lines:?}");
    }
    // Nothing listens there: the launch has not waited, but it is logged.
    let logged = async || log.ours().contains("Redis at 127.0.0.1:1 is unreachable");
    until("the log says that Redis is unreachable", logged).await;
    for line in log.lines() {
        assert!(!line.text.contains("hunter2"), "{line:?}");
    }
}

#[rocket::async_test]
async fn a_store_in_code_beside_a_configured_one_is_refused() {
    let log = Log::alone().await;
    for store in [Store::Cookie, Store::Memory, Store::Redis] {
        let from = log.ours().len();
        let fairing = fairing(SessionConfig::new().store(store)).store(MemoryStore::new(10));
        let launched = Client::untracked(rocket::custom(figment()).attach(fairing)).await;
        // Rocket's error panics when it is dropped unread.
        let refused = launched.err().is_some_and(|error| {
            matches!(error.kind(), rocket::error::ErrorKind::FailedFairings(_))
        });
        assert!(refused, "{store:?}");
        let logged = log.ours().split_off(from);
        assert!(
            logged.contains("logto.session.store = ") && logged.contains("remove one"),
            "{logged}"
        );
    }
}

fn record(sub: &str) -> Record {
    Record::new("sealed", sub, None, 1_700_000_000)
}

fn id(number: usize) -> StoreId {
    StoreId::from(format!("{number:043}"))
}

/// A configuration without errors, of a Logto that is not there.
fn fairing(session: SessionConfig) -> LogtoFairing {
    let config = Config::new()
        .endpoint("http://127.0.0.1:9")
        .app_id("an_app")
        .app_secret("an-app-secret")
        .base_url(ORIGIN)
        .session(session);
    Logto::fairing().config(config)
}
