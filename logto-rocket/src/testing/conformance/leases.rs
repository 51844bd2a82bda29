//! Promises of leases.

use std::sync::Arc;

use super::support::{HOUR, SECOND, Subject, at_once, create, is_there, new_id, record, until};
use crate::Replaced;

/// `lease`.
pub async fn a_lease_has_one_holder(store: Subject) {
    let (id, other) = (create(&store, &record()).await, create(&store, &record()).await);
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(true));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(false));
    assert_eq!(store.lease(&other, "two", HOUR).await, Ok(true));
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(true));
}

/// `lease`.
pub async fn a_lease_is_extended_by_its_holder(store: Subject) {
    let (id, other) = (create(&store, &record()).await, create(&store, &record()).await);
    assert_eq!(store.lease(&id, "one", SECOND).await, Ok(true));
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(true));
    assert_eq!(store.lease(&other, "one", SECOND).await, Ok(true));
    let is_free = async || store.lease(&other, "two", HOUR).await == Ok(true);
    until("a lease as old is free", is_free).await;
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(false));
}

/// `lease`.
pub async fn a_lease_is_free_after_its_time(store: Subject) {
    let id = create(&store, &record()).await;
    assert_eq!(store.lease(&id, "one", SECOND).await, Ok(true));
    let is_free = async || store.lease(&id, "two", HOUR).await == Ok(true);
    until("the lease is free", is_free).await;
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(false));
}

/// `release`.
pub async fn a_lease_is_released_by_its_holder_only(store: Subject) {
    let id = create(&store, &record()).await;
    assert_eq!(store.release(&id, "nobody").await, Ok(()));
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(true));
    assert_eq!(store.release(&id, "two").await, Ok(()));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(false));
    assert_eq!(store.release(&id, "one").await, Ok(()));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(true));
}

/// `lease`.
pub async fn of_50_who_want_a_lease_at_once_exactly_one_gets_it(store: Subject) {
    for _ in 0..5 {
        let id = create(&store, &record()).await;
        let leased = at_once(|number| {
            let (store, id) = (Arc::clone(&store), id.clone());
            async move { store.lease(&id, &format!("holder {number}"), HOUR).await }
        });
        let leased = leased.await;
        assert_eq!(leased.iter().filter(|leased| **leased == Ok(true)).count(), 1);
        assert_eq!(leased.iter().filter(|leased| **leased == Ok(false)).count(), 49);
    }
}

/// `lease`, `replace`.
pub async fn a_lease_outlives_a_replacement(store: Subject) {
    let id = create(&store, &record()).await;
    assert_eq!(store.lease(&id, "one", HOUR).await, Ok(true));
    assert_eq!(store.replace(&id, 0, &record(), HOUR).await, Ok(Replaced::Stored));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(false));
}

/// `lease`, `release`: a sign-in under way has no record.
pub async fn a_lease_needs_no_record(store: Subject) {
    let id = new_id();
    let leased = at_once(|number| {
        let (store, id) = (Arc::clone(&store), id.clone());
        async move { store.lease(&id, &format!("holder {number}"), SECOND).await }
    });
    let leased = leased.await;
    assert_eq!(leased.iter().filter(|leased| **leased == Ok(true)).count(), 1);
    let is_free = async || store.lease(&id, "one", HOUR).await == Ok(true);
    until("the lease is free", is_free).await;
    assert_eq!(store.release(&id, "two").await, Ok(()));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(false));
    assert_eq!(store.release(&id, "one").await, Ok(()));
    assert_eq!(store.lease(&id, "two", HOUR).await, Ok(true));
    assert!(!is_there(&store, &id).await, "a lease is no record");
}
