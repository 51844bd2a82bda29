//! [`GatedStore`]: a store that a test lets fail, or wait, where it writes or reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use logto_rocket::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use rocket::tokio::sync::RwLock;

/// A store in front of another one. A test can make replacing fail or wait, and loading fail or wait.
pub struct GatedStore {
    store: Arc<dyn SessionStore>,
    broken: AtomicBool,
    away: AtomicBool,
    refused: AtomicUsize,
    leases: AtomicUsize,
    loads: AtomicUsize,
    /// Replacing waits for a read lock on this, so that a test with the write lock holds it up.
    pub open: RwLock<()>,
    /// Loading waits for a read lock on this.
    pub readable: RwLock<()>,
}

impl GatedStore {
    /// In front of this store.
    pub fn before(store: Arc<dyn SessionStore>) -> Arc<Self> {
        let (broken, away) = (AtomicBool::new(false), AtomicBool::new(false));
        let [refused, leases, loads] = [0; 3].map(AtomicUsize::new);
        let (open, readable) = (RwLock::default(), RwLock::default());
        Arc::new(Self { store, broken, away, refused, leases, loads, open, readable })
    }

    /// Lets replacing fail, or work again.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Lets reading and deleting fail, or work again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// How often replacing has failed.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// How often a lease was asked for.
    pub fn leases(&self) -> usize {
        self.leases.load(Ordering::SeqCst)
    }

    /// How often a session was asked for.
    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }
}

impl GatedStore {
    fn is_there(&self) -> Result<(), StoreError> {
        let away = self.away.load(Ordering::SeqCst);
        if away { Err(StoreError::new("the test lets it fail")) } else { Ok(()) }
    }
}

#[rocket::async_trait]
impl SessionStore for GatedStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.store.create(id, record, ttl).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let _readable = self.readable.read().await;
        self.is_there()?;
        self.store.load(id).await
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        let _open = self.open.read().await;
        if self.broken.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::new("the test lets it fail"));
        }
        self.store.replace(id, version, record, ttl).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.is_there()?;
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
        self.leases.fetch_add(1, Ordering::SeqCst);
        self.store.lease(id, holder, time).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.store.release(id, holder).await
    }
}
