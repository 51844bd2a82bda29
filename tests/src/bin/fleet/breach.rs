//! [`Breach`]: what a process does wrong on purpose, to show that the test notices.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use logto_rocket::{Record, RedisStore, Replaced, SessionStore, StoreError, StoreId, Stored};

/// A rule that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// An answer names another user.
    WrongUser,
    /// A session is gone that nobody has ended.
    SignedOut,
    /// A session that has ended is still in the store.
    StillIn,
    /// Each process may exchange a code.
    TwoExchanges,
}

impl Breach {
    pub const ALL: [Self; 4] =
        [Self::WrongUser, Self::SignedOut, Self::StillIn, Self::TwoExchanges];

    /// The name on the command line, which is that of the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongUser => "wrong-user",
            Self::SignedOut => "signed-out",
            Self::StillIn => "still-in",
            Self::TwoExchanges => "two-exchanges",
        }
    }

    /// The breach of this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|breach| breach.name() == name);
        found.ok_or_else(|| format!("there is no breach `{name}`: {:?}", Self::ALL.map(Self::name)))
    }
}

/// A store that breaks a rule.
pub struct Broken {
    store: RedisStore,
    breach: Breach,
    loads: AtomicU64,
}

impl Broken {
    pub fn new(store: RedisStore, breach: Breach) -> Self {
        Self { store, breach, loads: AtomicU64::new(0) }
    }
}

#[rocket::async_trait]
impl SessionStore for Broken {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        self.store.create(id, record, ttl).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        let number = self.loads.fetch_add(1, Ordering::Relaxed);
        if self.breach == Breach::SignedOut && number % 50 == 49 {
            return Ok(None);
        }
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
        if self.breach == Breach::StillIn { Ok(()) } else { self.store.delete(id).await }
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
        let leased = self.store.lease(id, holder, time).await?;
        Ok(leased || self.breach == Breach::TwoExchanges)
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        self.store.release(id, holder).await
    }
}
