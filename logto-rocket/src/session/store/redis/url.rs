//! [`RedisUrl`]: the address of Redis and the credentials.

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo};
use url::Url;

/// The address of a Redis: `redis://user:password@host:port/database`, or `rediss://` for TLS.
#[derive(Clone)]
pub(crate) struct RedisUrl {
    info: ConnectionInfo,
    place: String,
    tls: bool,
}

impl RedisUrl {
    /// Parses a URL. The error is the end of a sentence that begins with the URL, and contains no
    /// part of the URL.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| {
            "is not a URL; in the user name and the password, all characters except letters and \
             digits must be percent-encoded"
        })?;
        let tls = match url.scheme() {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return Err("begins with neither `redis://` nor `rediss://`"),
        };
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err("has no host");
        };
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has a query or a fragment, which are not supported");
        }
        let database = url.path().strip_prefix('/').unwrap_or_default();
        if !database.chars().all(|char| char.is_ascii_digit()) {
            return Err("has a path that is not the number of a database");
        }
        let place = format!("{host}:{}", url.port().unwrap_or(6379));
        let info = url.into_connection_info().map_err(|_| "is not a URL of Redis")?;
        Ok(Self { info, place, tls })
    }

    /// Host and port, for the log.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls
    }

    pub(super) fn into_info(self) -> ConnectionInfo {
        self.info
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisUrl").field(&self.place).finish()
    }
}
