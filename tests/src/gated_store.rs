//! [`GatedStore`]: a store that a test lets fail, or wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use logto_rocket::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use rocket::tokio::sync::RwLock;

/// A store in front of another one. A test can make its calls fail or wait.
pub struct GatedStore {
    store: Arc<dyn SessionStore>,
    broken: AtomicBool,
    away: AtomicBool,
    taken: AtomicBool,
    leasing_fails: AtomicBool,
    unconfirmed: AtomicBool,
    panics: AtomicBool,
    refused: AtomicUsize,
    replacements: AtomicUsize,
    leases: AtomicUsize,
    loads: AtomicUsize,
    deletions: AtomicUsize,
    deleted: AtomicUsize,
    /// Replacing waits for a read lock on this, so that a test with the write lock holds it up.
    pub open: RwLock<()>,
    /// Loading waits for a read lock on this.
    pub readable: RwLock<()>,
    /// Creating and deleting wait for a read lock on this.
    pub changeable: RwLock<()>,
    /// Taking a lease waits for a read lock on this.
    pub leasable: RwLock<()>,
}

/// A call that counts when it is over, with an answer or without one.
struct Call<'s>(&'s AtomicUsize);

impl GatedStore {
    /// In front of this store.
    pub fn before(store: Arc<dyn SessionStore>) -> Arc<Self> {
        let [broken, away, taken, leasing_fails, unconfirmed, panics] =
            [false; 6].map(AtomicBool::new);
        let [refused, replacements, leases, loads, deletions, deleted] =
            [0; 6].map(AtomicUsize::new);
        let [open, readable, changeable, leasable] = [(); 4].map(RwLock::new);
        Arc::new(Self {
            store,
            broken,
            away,
            taken,
            leasing_fails,
            unconfirmed,
            panics,
            refused,
            replacements,
            leases,
            loads,
            deletions,
            deleted,
            open,
            readable,
            changeable,
            leasable,
        })
    }

    /// Lets replacing fail, or work again.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Lets reading and deleting fail, or work again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Lets deletions be done and not confirmed, or confirmed again.
    pub fn set_unconfirmed(&self, unconfirmed: bool) {
        self.unconfirmed.store(unconfirmed, Ordering::SeqCst);
    }

    /// Lets creating panic, or work again. Nothing is printed.
    pub fn set_panics(&self, panics: bool) {
        self.panics.store(panics, Ordering::SeqCst);
    }

    /// Lets another process have each lease, or none any more.
    pub fn set_leased(&self, is_taken: bool) {
        self.taken.store(is_taken, Ordering::SeqCst);
    }

    /// Lets taking a lease fail after it was done, or answer again.
    pub fn set_leasing_fails(&self, fails: bool) {
        self.leasing_fails.store(fails, Ordering::SeqCst);
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

    /// How often a session was to be replaced.
    pub fn replacements(&self) -> usize {
        self.replacements.load(Ordering::SeqCst)
    }

    /// How often a session was to be deleted.
    pub fn deletions(&self) -> usize {
        self.deletions.load(Ordering::SeqCst)
    }

    /// How many of these calls are over: they were answered or given up.
    pub fn deleted(&self) -> usize {
        self.deleted.load(Ordering::SeqCst)
    }
}

impl GatedStore {
    fn confirmed(&self) -> Result<(), StoreError> {
        let unconfirmed = self.unconfirmed.load(Ordering::SeqCst);
        if unconfirmed { Err(StoreError::unconfirmed("the test lets it be")) } else { Ok(()) }
    }

    fn is_there(&self) -> Result<(), StoreError> {
        let away = self.away.load(Ordering::SeqCst);
        if away { Err(StoreError::new("the test lets it fail")) } else { Ok(()) }
    }
}

#[rocket::async_trait]
impl SessionStore for GatedStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        let _changeable = self.changeable.read().await;
        if self.panics.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("the test lets it panic"));
        }
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
        self.replacements.fetch_add(1, Ordering::SeqCst);
        let _open = self.open.read().await;
        if self.broken.load(Ordering::SeqCst) {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::new("the test lets it fail"));
        }
        self.store.replace(id, version, record, ttl).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.deletions.fetch_add(1, Ordering::SeqCst);
        let _call = Call(&self.deleted);
        let _changeable = self.changeable.read().await;
        self.is_there()?;
        self.store.delete(id).await?;
        self.confirmed()
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.store.delete_by_sid(sid).await?;
        self.confirmed()
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.is_there()?;
        self.store.delete_by_sub(sub, not_after).await?;
        self.confirmed()
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        self.is_there()?;
        self.store.list_by_sub(sub).await
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        self.leases.fetch_add(1, Ordering::SeqCst);
        let _leasable = self.leasable.read().await;
        if self.taken.load(Ordering::SeqCst) {
            return Ok(false);
        }
        let leased = self.store.lease(id, holder, time).await;
        if self.leasing_fails.load(Ordering::SeqCst) {
            return Err(StoreError::new("the test lets it fail"));
        }
        leased
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.store.release(id, holder).await
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
