//! [`SessionStore`]: a place for sessions that do not live in cookies, and those that are there.

mod codes;
mod deadline;
mod ending;
mod lease;
mod memory;
mod observed;
#[cfg(feature = "redis")]
mod redis;
mod round_trip;
mod stored;

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::codes::{CodeClaim, SignInCode};
pub(super) use self::ending::Ending;
pub(super) use self::lease::Lease;
pub use self::memory::MemoryStore;
pub(crate) use self::observed::ObservedStore;
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
#[cfg(feature = "redis")]
pub(crate) use self::redis::RedisUrl;
pub(super) use self::stored::{MAX_AGAIN, StoredSessions};
pub use super::secret::StoreId;
use crate::shown::OneLine;

/// A place for sessions outside of the browser, which all processes of an application share or which is local
/// to one. This crate has [`MemoryStore`] and, with the feature `redis`, `RedisStore`. Pass a store of your own
/// to [`LogtoFairing::store()`](crate::LogtoFairing::store).
///
/// The browser's cookie then contains only a random secret. The store never gets the secret, because a
/// [`StoreId`] is a hash of it. A [`Record`] is encrypted with the application's `secret_key` and bound to its
/// id. Read access to the store is therefore not enough to sign in, and write access is not enough to forge a
/// session. With write access, an attacker can delete sessions and replace a session with an older state of it.
///
/// # What a store must guarantee
///
/// - After a record was created or replaced, the next `load` returns it, in every process.
/// - `replace` compares and writes atomically: if several writers have the same version, exactly one succeeds.
///   It never creates a record.
/// - A record that was deleted, or is older than its `ttl`, is never loaded, listed or replaced.
/// - A lease has one holder at a time, and ends when its time is over. It can exist without a record.
/// - A call returns within two seconds, with an error if there is no result. This crate drops a call that takes
///   three seconds.
///
/// The macro [`session_store_conformance!`](crate::session_store_conformance) of the feature
/// `testing` creates a test for each guarantee.
///
/// # Failures
///
/// After a [`StoreError`], a request that needs the session gets 503, and no user is signed in or out. A store
/// must therefore return an error, and not `None`, if it does not know whether a record exists. `load` should
/// take one round trip. This crate may call every method again after an error, although the first call may have
/// taken effect. It repeats a failed deletion after the request, for as long as the session could last.
///
#[doc = include_str!("write_a_store.md")]
/// # A complete store
///
/// This store keeps sessions in a map, and shows everything that a store does:
///
/// ```
#[doc = include_str!("example.rs")]
/// # fn main() {}
/// ```
#[rocket::async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Stores a new record, as version 0, for `ttl`.
    ///
    /// # Errors
    ///
    /// If it is not certain that the record is stored, for instance because the store is full.
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError>;

    /// The record with this id, unless it has expired or was deleted. Requests of signed-in users
    /// wait for this call, so it should be one lookup by key.
    ///
    /// # Errors
    ///
    /// If the store cannot tell whether there is one.
    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError>;

    /// Replaces version `version` of a record with this record, as version `version + 1`, for `ttl` from now
    /// on, with all its columns. It never creates a record, so a deleted one stays deleted. The comparison and
    /// the write are one atomic step. The lease does not change.
    ///
    /// # Errors
    ///
    /// If it is not certain whether the record was replaced.
    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError>;

    /// Deletes a record. It is not an error if the record does not exist.
    ///
    /// # Errors
    ///
    /// If it is not certain that the record is deleted.
    async fn delete(&self, id: &StoreId) -> Result<(), StoreError>;

    /// Deletes all records with this [`sid`](Record::sid), byte for byte.
    ///
    /// # Errors
    ///
    /// If it is not certain that all are gone.
    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError>;

    /// Deletes all records of a user that were [signed in](Record::signed_in_at) at `not_after` or
    /// earlier, in seconds since the Unix epoch. `sub` is compared byte for byte.
    ///
    /// # Errors
    ///
    /// If it is not certain that all are gone.
    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError>;

    /// All records of a user, in any order.
    ///
    /// # Errors
    ///
    /// If the store cannot tell.
    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError>;

    /// Takes a lease for `time`, or extends it to this time if `holder` already has it. Returns `false` if
    /// another holder has it. A lease that is not released is free again after `time`, so that a process that
    /// has died does not block others for longer. There are two kinds of leases:
    ///
    /// - With the id of a record, the lease guards the session's token requests, for ten seconds. If the record
    ///   no longer exists, the store may return either result.
    /// - With an id that no record has, the lease guards the code of a sign-in, so that only one process
    ///   exchanges it. The process takes it before the exchange and keeps it for the hour that a sign-in may
    ///   take.
    ///
    /// # Errors
    ///
    /// If it is not certain which holder has it.
    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError>;

    /// Releases the lease, if `holder` has it.
    ///
    /// # Errors
    ///
    /// If the lease may not be free. It expires after its time in any case.
    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError>;
}

/// A session in a store, with the columns by which the store finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The encrypted session: base64, a few kilobytes.
    pub sealed: Arc<str>,
    /// The user: 12 hexadecimal digits that identify the application and its Logto, a colon, and the user's id
    /// at Logto. Two applications that share a store therefore do not end each other's sessions. The text has
    /// at most 268 bytes and must be compared byte for byte.
    pub sub: String,
    /// The session at Logto, if Logto names one, with the same prefix as `sub`. It must be compared byte for
    /// byte.
    pub sid: Option<String>,
    /// When the user signed in, in seconds since the Unix epoch.
    pub signed_in_at: u64,
}

/// An encrypted session that a store returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The session, [sealed](Record::sealed).
    pub sealed: Arc<str>,
    /// The number of times that the record has been replaced.
    pub version: u64,
}

/// The result of a [`replace`](SessionStore::replace).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The record was replaced and has the next version.
    Stored,
    /// Another writer has already replaced the record.
    Conflict,
    /// The record no longer exists.
    Gone,
}

/// Why a call to a store failed. It must not contain a secret, because its text is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    why: String,
    is_late: bool,
    is_unconfirmed: bool,
}

impl Record {
    /// A record with all its columns.
    pub fn new(
        sealed: impl Into<Arc<str>>,
        sub: impl Into<String>,
        sid: Option<String>,
        signed_in_at: u64,
    ) -> Self {
        Self { sealed: sealed.into(), sub: sub.into(), sid, signed_in_at }
    }
}

impl StoreError {
    /// An error with a reason for the log.
    pub fn new(why: impl fmt::Display) -> Self {
        Self { why: why.to_string(), is_late: false, is_unconfirmed: false }
    }

    /// The error of a deletion that has taken effect but may be lost, for example because a replica that does
    /// not have it may replace the primary. The sessions count as ended. This crate repeats the deletion after
    /// the request until it returns no error, and
    /// [`Event::EndingNotConfirmed`](crate::Event::EndingNotConfirmed) reports it.
    pub fn unconfirmed(why: impl fmt::Display) -> Self {
        Self { is_unconfirmed: true, ..Self::new(why) }
    }

    /// The same after a wait.
    fn late(self) -> Self {
        Self { is_late: true, ..self }
    }

    /// Whether a deletion is done, and only may be undone.
    fn is_unconfirmed(&self) -> bool {
        self.is_unconfirmed
    }

    /// Whether the store let its caller wait for this, so that asking again would cost as much.
    fn is_late(&self) -> bool {
        self.is_late
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        OneLine(f).write_str(&self.why)
    }
}

impl std::error::Error for StoreError {}

/// A shared store, for example one that a readiness probe uses too.
#[rocket::async_trait]
impl<S: SessionStore + ?Sized> SessionStore for Arc<S> {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        (**self).create(id, record, ttl).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        (**self).load(id).await
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        (**self).replace(id, version, record, ttl).await
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        (**self).delete(id).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        (**self).delete_by_sid(sid).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        (**self).delete_by_sub(sub, not_after).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        (**self).list_by_sub(sub).await
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        (**self).lease(id, holder, time).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        (**self).release(id, holder).await
    }
}
