//! [`MemoryStore`]: sessions in the memory of one process.

mod leases;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::notification::RemovalCause;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use self::leases::Leases;
use super::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use crate::clock::Clock;

/// The minimum interval between two warnings about removed sessions.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Sessions in the memory of this process. They end with the process, and no other process has them. The
/// setting `session.store = "memory"` uses this store with [`DEFAULT_CAPACITY`](MemoryStore::DEFAULT_CAPACITY).
///
/// The size of the store is limited. If there is no room for a new sign-in, the least recently used sessions
/// are removed, and their users must sign in again. The log then has a warning, at most once a minute. Loading
/// a session is one lookup. Finding the sessions of a user, for example to sign out everywhere, scans all
/// sessions.
///
/// ```
/// use logto_rocket::{Logto, MemoryStore};
///
/// let fairing = Logto::fairing().store(MemoryStore::new(10_000));
/// ```
pub struct MemoryStore {
    entries: Cache<StoreId, Arc<HeldRecord>>,
    leases: Mutex<Leases>,
    clock: Clock,
}

struct HeldRecord {
    record: Record,
    version: u64,
    /// By the clock of this crate, which decides. The cache's own clock, which tests cannot move, is only used to
    /// remove old records.
    over_at: Instant,
    ttl: Duration,
}

/// Removes expired records by the time of the machine.
struct Tidy;

/// The number of sessions that were evicted since the last warning, and the time of that warning.
#[derive(Default)]
struct Evicted {
    count: u64,
    warned_at: Option<Instant>,
}

impl MemoryStore {
    /// The number of sessions that `session.store = "memory"` holds at most. In a measurement, 10,000 sessions
    /// with small claims took 33 MB, including everything that the process remembers of them.
    pub const DEFAULT_CAPACITY: u64 = 50_000;

    /// A store that holds at most `capacity` sessions. For a moment it may hold a few hundred more.
    pub fn new(capacity: u64) -> Self {
        Self::timed_by(Clock::system(), capacity)
    }

    /// Like [`new`](Self::new), but with `clock` for expiry and leases, so that a test can move time.
    ///
    /// ```
    /// use logto_rocket::{Clock, MemoryStore};
    ///
    /// let store = MemoryStore::timed_by(Clock::system(), 10_000);
    /// ```
    pub fn timed_by(clock: Clock, capacity: u64) -> Self {
        let evicted = Mutex::new(Evicted::default());
        let time = clock.clone();
        let entries = Cache::builder()
            .max_capacity(capacity)
            // The cache's usual policy may evict the newest, here the session of a user who just signed
            // in.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Tidy)
            .eviction_listener(move |_, entry: Arc<HeldRecord>, cause| {
                let now = time.instant();
                if cause == RemovalCause::Size && now < entry.over_at {
                    let mut evicted = evicted.lock().unwrap_or_else(PoisonError::into_inner);
                    evicted.one_more(capacity, now);
                }
            })
            .build();
        Self { entries, leases: Mutex::default(), clock }
    }

    fn entry(&self, record: &Record, version: u64, ttl: Duration) -> Arc<HeldRecord> {
        let over_at = self.clock.instant() + ttl;
        Arc::new(HeldRecord { record: record.clone(), version, over_at, ttl })
    }

    /// Removes a record if `is_meant` says so. It uses the cache's entry, so that a concurrent replacement
    /// cannot bring the record back.
    fn remove(&self, id: &StoreId, is_meant: impl FnOnce(&Record) -> bool) {
        self.entries.entry_by_ref(id).and_compute_with(|entry| match entry {
            Some(entry) if is_meant(&entry.value().record) => Op::Remove,
            _ => Op::Nop,
        });
    }

    fn remove_all(&self, is_meant: impl Fn(&Record) -> bool) {
        for (id, entry) in &self.entries {
            if is_meant(&entry.record) {
                self.remove(&id, &is_meant);
            }
        }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[rocket::async_trait]
impl SessionStore for MemoryStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.entries.insert(id.clone(), self.entry(record, 0, ttl));
        Ok(())
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        let entry = self.entries.get(id).filter(|entry| !entry.is_over(self.clock.instant()));
        Ok(entry.map(|entry| entry.stored()))
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        let next = self.entry(record, version + 1, ttl);
        let now = self.clock.instant();
        let mut replaced = Replaced::Gone;
        self.entries.entry_by_ref(id).and_compute_with(|entry| match entry {
            Some(entry) if entry.value().is_over(now) => Op::Remove,
            Some(entry) if entry.value().version == version => {
                replaced = Replaced::Stored;
                Op::Put(next)
            }
            Some(_) => {
                replaced = Replaced::Conflict;
                Op::Nop
            }
            None => Op::Nop,
        });
        Ok(replaced)
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.remove(id, |_| true);
        Ok(())
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.remove_all(|record| record.sid.as_deref() == Some(sid));
        Ok(())
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.remove_all(|record| record.sub == sub && record.signed_in_at <= not_after);
        Ok(())
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        let now = self.clock.instant();
        let of_the_user =
            self.entries.iter().filter(|(_, entry)| entry.record.sub == sub && !entry.is_over(now));
        Ok(of_the_user.map(|(id, entry)| (StoreId::clone(&id), entry.stored())).collect())
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        Ok(self.leases().take(id, holder, time, self.clock.instant()))
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.leases().release(id, holder);
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut store = f.debug_struct("MemoryStore");
        store.field("sessions", &self.entries.entry_count()).finish_non_exhaustive()
    }
}

impl HeldRecord {
    fn is_over(&self, now: Instant) -> bool {
        self.over_at <= now
    }

    fn stored(&self) -> Stored {
        Stored { sealed: Arc::clone(&self.record.sealed), version: self.version }
    }
}

impl moka::Expiry<StoreId, Arc<HeldRecord>> for Tidy {
    fn expire_after_create(
        &self,
        _: &StoreId,
        entry: &Arc<HeldRecord>,
        _: Instant,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(
        &self,
        _: &StoreId,
        entry: &Arc<HeldRecord>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.ttl)
    }
}

impl Evicted {
    fn one_more(&mut self, capacity: u64, now: Instant) {
        self.count += 1;
        let recently = |at: Instant| now.saturating_duration_since(at) < WARN_EVERY;
        if self.warned_at.is_some_and(recently) {
            return;
        }
        log::warn!(
            "{} of the sessions in memory were evicted, because the store holds at most \
             {capacity}; their users have to sign in again. Give the fairing a larger MemoryStore, or use Redis.",
            self.count
        );
        *self = Self { count: 0, warned_at: Some(now) };
    }
}
