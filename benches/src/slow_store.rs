//! [`SlowStore`]: a session store that takes its time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use logto_rocket::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use rocket::tokio::time::sleep;

/// A store in the memory of the process that takes its time.
pub struct SlowStore {
    store: MemoryStore,
    millis: AtomicU64,
}

impl Default for SlowStore {
    fn default() -> Self {
        Self { store: MemoryStore::new(10_000), millis: AtomicU64::new(0) }
    }
}

impl SlowStore {
    /// Lets each load take this time from now on, also those that are under way.
    pub fn take(&self, time: Duration) {
        self.millis.store(time.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Waits until the time is over, or the store is fast again.
    async fn pass(&self) {
        let begun = Instant::now();
        let is_slow =
            || begun.elapsed().as_millis() < u128::from(self.millis.load(Ordering::Relaxed));
        while is_slow() {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

#[rocket::async_trait]
impl SessionStore for SlowStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.store.create(id, record, ttl).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        self.pass().await;
        self.store.load(id).await
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        self.store.replace(id, version, record, ttl).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.store.delete(id).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.store.delete_by_sid(sid).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.store.delete_by_sub(sub, not_after).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        self.store.list_by_sub(sub).await
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        self.store.lease(id, holder, time).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.store.release(id, holder).await
    }
}
