//! A session store that a test can make unavailable.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};

/// A store in memory whose calls fail while it is unavailable.
pub(crate) struct Away {
    store: MemoryStore,
    is_away: AtomicBool,
}

impl Away {
    /// A store that answers.
    pub(crate) fn new() -> Self {
        Self { store: MemoryStore::new(100), is_away: AtomicBool::new(false) }
    }

    /// Makes the store unavailable.
    pub(crate) fn go(&self) {
        self.is_away.store(true, Ordering::Release);
    }

    fn there(&self) -> Result<&MemoryStore, StoreError> {
        let is_away = self.is_away.load(Ordering::Acquire);
        if is_away { Err(StoreError::new("the store is away")) } else { Ok(&self.store) }
    }
}

#[rocket::async_trait]
impl SessionStore for Away {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.there()?.create(id, record, ttl).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        self.there()?.load(id).await
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        self.there()?.replace(id, version, record, ttl).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.there()?.delete(id).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.there()?.delete_by_sid(sid).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.there()?.delete_by_sub(sub, not_after).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        self.there()?.list_by_sub(sub).await
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        self.there()?.lease(id, holder, time).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.there()?.release(id, holder).await
    }
}
