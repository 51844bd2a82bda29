//! What the tests of a store have in common.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::tokio;

use crate::{Record, SessionStore, StoreId, Stored};

/// The store under test.
pub type Subject = Arc<dyn SessionStore>;

pub(super) const HOUR: Duration = Duration::from_secs(60 * 60);
pub(super) const SECOND: Duration = Duration::from_secs(1);

/// When the sessions of the tests were signed in, unless one says otherwise.
pub(super) const SIGNED_IN_AT: u64 = 1_700_000_000;

pub(super) fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

pub(super) fn new_id() -> StoreId {
    StoreId::from(random())
}

/// A record of a user that no other test has.
pub(super) fn record() -> Record {
    Record::new(random(), random(), Some(random()), SIGNED_IN_AT)
}

pub(super) async fn create(store: &Subject, record: &Record) -> StoreId {
    let id = new_id();
    store.create(&id, record, HOUR).await.expect("a record is created");
    id
}

pub(super) async fn load(store: &Subject, id: &StoreId) -> Option<Stored> {
    store.load(id).await.expect("the store answers")
}

pub(super) async fn is_there(store: &Subject, id: &StoreId) -> bool {
    load(store, id).await.is_some()
}

/// The ids of a user's records, in order.
pub(super) async fn ids_of(store: &Subject, sub: &str) -> Vec<StoreId> {
    let listed = store.list_by_sub(sub).await.expect("the store answers");
    let mut ids: Vec<_> = listed.into_iter().map(|(id, _)| id).collect();
    ids.sort();
    ids
}

/// Waits until `is_so`, ten seconds at most.
pub(super) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("ten seconds have passed, but not this: {what}");
}

/// Does `work` 50 times at once, each on a thread of its own.
pub(super) async fn at_once<T, W>(work: impl Fn(usize) -> W) -> Vec<T>
where
    T: Send + 'static,
    W: Future<Output = T> + Send + 'static,
{
    let runtime = tokio::runtime::Handle::current();
    let start = |number| {
        let (runtime, work) = (runtime.clone(), work(number));
        tokio::task::spawn_blocking(move || runtime.block_on(work))
    };
    let mut done = Vec::new();
    for work in (0..50).map(start).collect::<Vec<_>>() {
        done.push(work.await.expect("the work does not panic"));
    }
    done
}
