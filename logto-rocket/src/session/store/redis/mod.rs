//! [`RedisStore`]: sessions in Redis, shared by all processes.

mod connection;
mod url;

use std::fmt;
use std::time::Duration;

use ::redis::Cmd;

use self::connection::Connection;
pub(crate) use self::url::RedisUrl;
use super::{Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use crate::session::cookie::hash;

macro_rules! script {
    ($name:literal) => {
        concat!(include_str!("keys.lua"), include_str!($name))
    };
}

const CREATE: &str = script!("create.lua");
const REPLACE: &str = script!("replace.lua");
const DELETE: &str = script!("delete.lua");
const DELETE_BY_SID: &str = script!("delete_by_sid.lua");
const DELETE_BY_SUB: &str = script!("delete_by_sub.lua");
const LIST_BY_SUB: &str = script!("list_by_sub.lua");
const LEASE: &str = include_str!("lease.lua");
const RELEASE: &str = include_str!("release.lua");

/// Sessions in Redis 6 or newer, shared by all processes of an application. The setting
/// `session.store = "redis"` uses this store. It requires the feature `redis`.
///
/// All requests share one connection, which is established when it is first needed and
/// re-established when it breaks. If Redis is unreachable or slow, a call fails after 1.5 seconds
/// at most.
///
/// Sessions live in one Redis with its replicas; a Redis Cluster is not supported. Set
/// `maxmemory-policy noeviction` there: a Redis that evicts keys may lose the list of a user's
/// sessions, and signing out everywhere would miss some; [`ready()`](RedisStore::ready) warns of it. A
/// Redis that comes back with older data, from a dump or by a failover, brings back what had been
/// deleted since.
///
/// ```no_run
/// use logto_rocket::{Logto, RedisStore};
///
/// # fn main() -> Result<(), logto_rocket::StoreError> {
/// let store = RedisStore::new("rediss://app:secret@redis.example.com:6379/0", "shop")?;
/// let fairing = Logto::fairing().store(store);
/// # Ok(())
/// # }
/// ```
pub struct RedisStore {
    connection: Connection,
    prefix: String,
}

impl RedisStore {
    /// A store at `url`: `redis://user:password@host:port/database`, or `rediss://` for TLS, where
    /// the port is 6379 and the database 0 if they are left off. In the user name and the password,
    /// all characters except letters and digits must be percent-encoded. TLS trusts the system's
    /// certificates; the environment variable `SSL_CERT_FILE` can name a file with others.
    ///
    /// All keys begin with `prefix`, so that several applications can share one Redis. All
    /// processes of an application must use the same prefix. The first call establishes the
    /// connection.
    ///
    /// # Errors
    ///
    /// If the URL is not a Redis URL. The error does not contain the URL.
    pub fn new(url: &str, prefix: &str) -> Result<Self, StoreError> {
        let wrong = |what| StoreError::new(format!("the URL of Redis {what}"));
        Self::at(RedisUrl::parse(url).map_err(wrong)?, prefix)
    }

    /// The store of an application, named by its issuer and its app id, separate from other data in
    /// that Redis. The braces keep its keys on one node behind a proxy that distributes keys.
    pub(crate) fn of_application(
        url: RedisUrl,
        issuer: &str,
        app_id: &str,
    ) -> Result<Self, StoreError> {
        Self::at(url, &format!("logto:{{{}}}", &hash(&format!("{issuer}\n{app_id}"))[..12]))
    }

    fn at(url: RedisUrl, prefix: &str) -> Result<Self, StoreError> {
        Ok(Self { connection: Connection::new(url)?, prefix: prefix.to_owned() })
    }

    /// Whether Redis answers, for a readiness probe. Warns in the log if Redis is set up to evict
    /// keys when its memory is full.
    ///
    /// # Errors
    ///
    /// If it does not answer, or refuses the credentials.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.connection.ask::<()>(&::redis::cmd("PING")).await?;
        // A Redis user without the right to `INFO` is not warned.
        let memory = self.connection.ask(::redis::cmd("INFO").arg("memory")).await;
        let memory: String = memory.unwrap_or_default();
        let value = |name: &str| memory.lines().find_map(|line| line.strip_prefix(name));
        let policy = value("maxmemory_policy:").unwrap_or("noeviction").trim();
        if policy != "noeviction" {
            log::warn!(
                "Redis at {} evicts keys when its memory is full (`maxmemory-policy {policy}`): \
                 users would be signed out, and signing out everywhere would miss sessions. Set \
                 `maxmemory-policy noeviction`.",
                self.connection.place()
            );
        }
        Ok(())
    }

    fn session(&self, id: &StoreId) -> String {
        format!("{}:s:{id}", self.prefix)
    }

    fn lease_of(&self, id: &StoreId) -> String {
        format!("{}:l:{id}", self.prefix)
    }

    /// A script on the keys of sessions, with the prefix as its first argument.
    fn script(&self, text: &str) -> Cmd {
        let mut script = ::redis::cmd("EVAL");
        script.arg(text).arg(0).arg(&self.prefix);
        script
    }
}

#[rocket::async_trait]
impl SessionStore for RedisStore {
    async fn create(&self, id: &StoreId, record: &Record, ttl: Duration) -> Result<(), StoreError> {
        let mut script = self.script(CREATE);
        script.arg(id.as_str());
        with_columns(&mut script, record, ttl);
        self.connection.ask(&script).await
    }

    async fn load(&self, id: &StoreId) -> Result<Option<Stored>, StoreError> {
        let mut command = ::redis::cmd("HMGET");
        command.arg(self.session(id)).arg("r").arg("v");
        let (sealed, version): (Option<String>, Option<u64>) =
            self.connection.ask(&command).await?;
        Ok(sealed.zip(version).map(|(sealed, version)| Stored { sealed: sealed.into(), version }))
    }

    async fn replace(
        &self,
        id: &StoreId,
        version: u64,
        record: &Record,
        ttl: Duration,
    ) -> Result<Replaced, StoreError> {
        let mut script = self.script(REPLACE);
        script.arg(id.as_str()).arg(version).arg(version + 1);
        with_columns(&mut script, record, ttl);
        let replaced: String = self.connection.ask(&script).await?;
        match replaced.as_str() {
            "stored" => Ok(Replaced::Stored),
            "conflict" => Ok(Replaced::Conflict),
            "gone" => Ok(Replaced::Gone),
            _ => Err(StoreError::new("Redis returned an unexpected result for a script")),
        }
    }

    async fn delete(&self, id: &StoreId) -> Result<(), StoreError> {
        self.connection.ask(self.script(DELETE).arg(id.as_str())).await
    }

    async fn delete_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        self.connection.ask(self.script(DELETE_BY_SID).arg(sid)).await
    }

    async fn delete_by_sub(&self, sub: &str, not_after: u64) -> Result<(), StoreError> {
        self.connection.ask(self.script(DELETE_BY_SUB).arg(sub).arg(not_after)).await
    }

    async fn list_by_sub(&self, sub: &str) -> Result<Vec<(StoreId, Stored)>, StoreError> {
        let sessions: Vec<(String, String, u64)> =
            self.connection.ask(self.script(LIST_BY_SUB).arg(sub)).await?;
        let stored = |sealed: String, version| Stored { sealed: sealed.into(), version };
        Ok(sessions.into_iter().map(|(id, text, v)| (id.into(), stored(text, v))).collect())
    }

    async fn lease(&self, id: &StoreId, holder: &str, time: Duration) -> Result<bool, StoreError> {
        let mut script = ::redis::cmd("EVAL");
        script.arg(LEASE).arg(1).arg(self.lease_of(id)).arg(holder).arg(milliseconds(time));
        self.connection.ask(&script).await
    }

    async fn release(&self, id: &StoreId, holder: &str) -> Result<(), StoreError> {
        let mut script = ::redis::cmd("EVAL");
        script.arg(RELEASE).arg(1).arg(self.lease_of(id)).arg(holder);
        self.connection.ask(&script).await
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("place", &self.connection.place())
            .finish_non_exhaustive()
    }
}

/// The arguments that `put` in `keys.lua` ends with.
fn with_columns(script: &mut Cmd, record: &Record, ttl: Duration) {
    script.arg(milliseconds(ttl)).arg(&*record.sealed).arg(record.signed_in_at);
    // The last is left off where there is none.
    script.arg(&record.sub).arg(record.sid.as_deref());
}

/// At least one, because Redis rejects an expiry of zero.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
