//! The stores that need nothing beside this process.

use std::time::Duration;

use logto_rocket::{Clock, MemoryStore, Record, Replaced, SessionStore, StoreId};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The store that the documentation of the trait shows.
#[path = "../../../../logto-rocket/src/session/store/example.rs"]
mod example;

mod conformance {
    logto_rocket::session_store_conformance!(async { logto_rocket::MemoryStore::new(10_000) });
}

mod conformance_of_the_example {
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
