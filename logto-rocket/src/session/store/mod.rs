//! [`SessionStore`]: where sessions are kept that do not live in cookies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A place for sessions outside of the browser, shared by all processes of an application or local
/// to one.
///
/// The browser's cookie then holds nothing but a random secret. The store never sees it: its
/// [`StoreId`] is a hash. A [`Record`] is sealed with the application's `secret_key`, bound to its
/// id, so whoever reads the store signs in as nobody, and whoever writes to it forges nothing.
///
/// Every method is one round trip. A failure is a [`StoreError`], which answers requests that need
/// the session with 503; it never signs anybody in or out.
#[rocket::async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Keeps a new record, as version 0, for `ttl`.
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError>;

    /// The record with this id, unless it is over or gone.
    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError>;

    /// Puts a record in the place of its version `version`, as version `version + 1`, for `ttl` from
    /// now on. It never creates one: what was deleted stays deleted. Comparing and writing are one
    /// step, whoever else writes.
    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError>;

    /// Deletes a record. One that is not there is no error.
    async fn delete(&self, id: &StoreId) -> Result<(), StoreError>;

    /// Deletes all records with this [`sid`](Record::sid).
    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError>;

    /// Deletes all records of a user that were [signed in](Record::signed_in_at) at `not_after` or
    /// earlier, in seconds since the Unix epoch.
    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError>;

    /// All records of a user, in any order.
    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError>;

    /// Takes the lease of a record for `time`, or extends it if `holder` has it; `false` if somebody
    /// else does. It guards the session's token requests: a lease that is not released is free
    /// again after `time`, so that a process that dies blocks nobody for longer.
    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError>;

    /// Gives the lease back, if `holder` has it.
    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError>;
}

/// What a store knows a session by: 43 letters, digits, `-` and `_`. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreId(String);

/// A session as a store keeps it, with the columns that it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The session, sealed: base64, a few kilobytes.
    pub sealed: Arc<str>,
    /// The user's id at Logto.
    pub sub: String,
    /// The id of the session at Logto, where it gives one.
    pub sid: Option<String>,
    /// When the user signed in, in seconds since the Unix epoch.
    pub signed_in_at: u64,
}

/// A sealed session as it comes out of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The session, [sealed](Record::sealed).
    pub sealed: Arc<str>,
    /// How often it has been replaced.
    pub version: u64,
}

/// What became of a [`replace`](SessionStore::replace).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The record is there, under the next version.
    Stored,
    /// Somebody else has replaced it before.
    Conflict,
    /// There is no such record any more.
    Gone,
}

/// Why a store did not do what it was asked. It holds no secret: its text goes to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(String);

impl StoreId {
    /// The id as text, for a key or a column.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for StoreId {
    fn from(text: String) -> Self {
        Self(text)
    }
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
        Self(why.to_string())
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}
