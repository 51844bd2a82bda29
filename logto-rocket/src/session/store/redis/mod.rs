//! [`RedisStore`]: sessions in Redis, shared by all processes.

//!
//! | key | what it is |
//! | --- | --- |
//! | `{prefix}:s:{<id>}` | a session, see `put.lua` |
//! | `{prefix}:l:{<id>}` | the lease of a session, or of a sign-in: its holder |
//! | `{prefix}:u:{<sub>}` | a list: the ids of a user's sessions, each with the time at which it is over |
//! | `{prefix}:d:{<sid>}` | the same of a session at Logto |
//!
//! The part of a key in braces determines its place in a cluster. A session and its lease are in the same
//! place, and no script uses keys of two places. A list may therefore name a session that is gone, or that is
//! another user's by now, so every session of a list is checked. But every session is in its lists: it is
//! added there first ([`lists`]), and added again if a fail-over may have lost the entry.

mod connection;
mod keys;
mod lists;
mod records;
mod replicas;
mod url;

use std::fmt;
use std::sync::Arc;

use self::connection::Connection;
use self::keys::session_key;
use self::lists::Lists;
use self::replicas::Replicas;
pub(crate) use self::url::RedisUrl;
use super::{StoreError, StoreId};
use crate::session::cookie::hash;

/// Sessions in Redis 6 or newer, shared by all processes of an application. The setting
/// `session.store = "redis"` uses this store. It requires the feature `redis`.
///
/// All requests share one connection, which is established when it is first needed and re-established when it
/// breaks. If Redis is unreachable or slow, a call fails after at most 1.5 seconds. A request of a signed-in
/// user takes one round trip. If the session must be written, another round trip follows after the request.
///
/// # Replicas and fail-overs
///
/// Sessions are in one Redis with its replicas. Sentinels may say which server is the primary. A Redis Cluster
/// is not supported. A fail-over takes as long as the Sentinels need to agree. Until then requests with a
/// session get 503; afterwards they work again. Redis answers before it copies a write to its replicas, so a
/// fail-over may lose the last writes before it:
///
/// - If there are replicas, one of them confirms the end of a session (`WAIT 1 500`). If none confirms an end
///   within half a second, [`Event::EndingNotConfirmed`](crate::Event::EndingNotConfirmed) reports it, and the
///   request is repeated for as long as the session could last. The process that ended the session never
///   accepts it again.
/// - A sign-in at the moment of the fail-over may be lost, and its user signs in again.
///
/// A primary that has lost the network to its Sentinels accepts writes until the Sentinels reach it again. With
/// two replicas or more, set `min-replicas-to-write 1`, so that such a primary soon refuses writes. With a
/// single replica this setting is harmful, because a failure of the replica would stop all sign-ins.
///
/// Set `maxmemory-policy noeviction`. A Redis that evicts keys may lose the list of a user's sessions, so that
/// signing out everywhere would miss some; [`ready()`](RedisStore::ready) warns about that. If Redis is
/// restored from an older dump, sessions that were deleted since then are valid again.
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
    connection: Arc<Connection>,
    replicas: Replicas,
    lists: Lists,
    prefix: String,
}

impl RedisStore {
    /// A store at `url`: `redis://user:password@host:port/database`, or `rediss://` for TLS. The default of the
    /// port is 6379, and that of the database is 0. In the user name and the password, all characters except
    /// letters and digits must be percent-encoded. TLS trusts the system's certificates; the environment
    /// variable `SSL_CERT_FILE` can name a file with others.
    ///
    /// With Sentinels the URL is `redis+sentinel://user:password@host:port,host:port/name/database`, or
    /// `rediss+sentinel://` for TLS with the Sentinels and with Redis. `name` is the name of the primary
    /// (`sentinel monitor <name> …`), and the default of the ports is 26379. The credentials are those of
    /// Redis, and a Sentinel that demands credentials gets the same. With TLS the certificates must contain the
    /// addresses that the Sentinels announce. These are IP addresses, unless the Sentinels are configured to
    /// announce host names.
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
        Ok(Self::at(RedisUrl::parse(url).map_err(wrong)?, prefix))
    }

    /// The store of an application, named by its issuer and its app id, separate from other data in
    /// that Redis.
    pub(crate) fn of_application(url: RedisUrl, issuer: &str, app_id: &str) -> Self {
        Self::at(url, &format!("logto:{}", &hash(&format!("{issuer}\n{app_id}"))[..12]))
    }

    fn at(url: RedisUrl, prefix: &str) -> Self {
        let replicas = Replicas::new(Connection::new(url.clone()));
        let connection = Arc::new(Connection::new(url));
        let lists = Lists::new(Arc::clone(&connection), prefix);
        Self { connection, replicas, lists, prefix: prefix.to_owned() }
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
        session_key(&self.prefix, id.as_str())
    }

    fn lease_of(&self, id: &StoreId) -> String {
        format!("{}:l:{{{id}}}", self.prefix)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("place", &self.connection.place())
            .finish_non_exhaustive()
    }
}
