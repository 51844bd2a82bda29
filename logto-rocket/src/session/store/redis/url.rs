//! [`RedisUrl`]: the address of Redis and the credentials.

use std::fmt;

use redis::sentinel::SentinelNodeConnectionInfo;
use redis::{ConnectionInfo, IntoConnectionInfo, TlsMode};
use url::Url;

/// The port of a Redis, and of a Sentinel, if none is given.
const REDIS_PORT: u16 = 6379;
const SENTINEL_PORT: u16 = 26379;

/// What a URL with Sentinels must be like.
const SENTINEL_FORM: &str = "is not of the form `redis+sentinel://host:26379,host2:26379/name`";

/// The address of a Redis: `redis://user:password@host:port/database`, or `rediss://` for TLS; or of the
/// Sentinels that know where it is: `redis+sentinel://user:password@host:port,host:port/name/database`,
/// or `rediss+sentinel://`.
#[derive(Clone)]
pub(crate) struct RedisUrl {
    target: Target,
    place: String,
    tls: bool,
}

/// Where to connect to.
#[derive(Clone)]
pub(super) enum Target {
    /// One server.
    Server(Box<ConnectionInfo>),
    /// The primary of this name, by what its Sentinels say.
    Sentinel {
        /// Their addresses, each without and with the credentials.
        sentinels: Vec<[ConnectionInfo; 2]>,
        name: String,
        node: Box<SentinelNodeConnectionInfo>,
    },
}

impl RedisUrl {
    /// Parses a URL. The error is the end of a sentence that begins with the URL, and contains no
    /// part of the URL.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        for (scheme, tls) in [("redis+sentinel://", false), ("rediss+sentinel://", true)] {
            if let Some(rest) = text.strip_prefix(scheme) {
                return Self::of_sentinels(rest, tls);
            }
        }
        let (info, place, tls) = server(text, REDIS_PORT)?;
        Ok(Self { target: Target::Server(Box::new(info)), place, tls })
    }

    fn of_sentinels(rest: &str, tls: bool) -> Result<Self, &'static str> {
        let (authority, path) = rest.split_once('/').ok_or(SENTINEL_FORM)?;
        let (credentials, hosts) = match authority.rsplit_once('@') {
            Some((credentials, hosts)) => (format!("{credentials}@"), hosts),
            None => (String::new(), authority),
        };
        let (name, database) = path.split_once('/').unwrap_or((path, ""));
        if name.is_empty() || name.contains(['?', '#', '%']) {
            return Err(SENTINEL_FORM);
        }
        let scheme = if tls { "rediss" } else { "redis" };
        let (mut sentinels, mut places) = (Vec::new(), Vec::new());
        for host in hosts.split(',') {
            let (open, place, _) = server(&format!("{scheme}://{host}"), SENTINEL_PORT)?;
            let (closed, ..) = server(&format!("{scheme}://{credentials}{host}"), SENTINEL_PORT)?;
            sentinels.push([open, closed]);
            places.push(place);
        }
        let (node, ..) = server(&format!("{scheme}://{credentials}node/{database}"), REDIS_PORT)?;
        let settings = node.redis_settings().clone();
        let node = SentinelNodeConnectionInfo::default().set_redis_connection_info(settings);
        let node = if tls { node.set_tls_mode(TlsMode::Secure) } else { node };
        let place = format!("{name} of the Sentinels {}", places.join(", "));
        let target = Target::Sentinel { sentinels, name: name.to_owned(), node: Box::new(node) };
        Ok(Self { target, place, tls })
    }

    /// Host and port, or the Sentinels, for the log.
    pub fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls
    }

    pub(super) fn into_target(self) -> Target {
        self.target
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisUrl").field(&self.place).finish()
    }
}

/// The server at a URL, its host and port, and whether it speaks TLS.
fn server(text: &str, port: u16) -> Result<(ConnectionInfo, String, bool), &'static str> {
    let mut url = Url::parse(text).map_err(|_| {
        "is not a URL; in the user name and the password, all characters except letters and \
         digits must be percent-encoded"
    })?;
    let tls = match url.scheme() {
        "redis" | "valkey" => false,
        "rediss" | "valkeys" => true,
        _ => {
            return Err("does not begin with `redis://`, `rediss://`, `redis+sentinel://` or \
                 `rediss+sentinel://`");
        }
    };
    let Some(host) = url.host_str().filter(|host| !host.is_empty()).map(str::to_owned) else {
        return Err("has no host");
    };
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or a fragment, which are not supported");
    }
    let database = url.path().strip_prefix('/').unwrap_or_default();
    if !database.chars().all(|char| char.is_ascii_digit()) {
        return Err("has a path that is not the number of a database");
    }
    let port = url.port().unwrap_or(port);
    url.set_port(Some(port)).map_err(|()| "has no host")?;
    let info = url.into_connection_info().map_err(|_| "is not a URL of Redis")?;
    Ok((info, format!("{host}:{port}"), tls))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Result<String, &'static str> {
        RedisUrl::parse(text).map(|url| url.place().to_owned())
    }

    #[test]
    fn a_url_names_one_server_or_the_sentinels_of_a_primary() {
        assert_eq!(place("redis://localhost"), Ok("localhost:6379".into()));
        assert_eq!(place("rediss://u:p@[::1]:1/2"), Ok("[::1]:1".into()));
        let sentinels = "redis+sentinel://u:p%40@one,two:1,[::1]:2/shop/3";
        let expected = "shop of the Sentinels one:26379, two:1, [::1]:2";
        assert_eq!(place(sentinels), Ok(expected.into()));
        let Target::Sentinel { sentinels, name, node } =
            RedisUrl::parse(sentinels).unwrap().into_target()
        else {
            panic!("Sentinels");
        };
        assert_eq!((sentinels.len(), &*name), (3, "shop"));
        for [open, closed] in &sentinels {
            let passwords = [open, closed].map(|info| info.redis_settings().password());
            assert_eq!(passwords, [None, Some("p@")]);
            assert_eq!(closed.redis_settings().db(), 0, "a Sentinel has no databases");
        }
        let node = format!("{node:?}");
        assert!(node.contains("db: 3") && !node.contains("p@"), "{node}");
        assert!(RedisUrl::parse("rediss+sentinel://one/shop").unwrap().is_tls());
    }

    #[test]
    fn a_url_that_is_wrong_is_refused_without_a_word_of_it() {
        for text in [
            "http://hunter2",
            "redis://hunter2/x",
            "redis://h?hunter2",
            "redis+sentinel://hunter2",
            "redis+sentinel://hunter2/",
            "redis+sentinel:///hunter2",
            "redis+sentinel://one,,two/hunter2",
            "redis+sentinel://one:hunter2/shop",
            "redis+sentinel://one/shop/hunter2",
            "redis+sentinel://one/shop?hunter2",
            "redis+sentinel://:hunter/2@one/shop",
        ] {
            let error = RedisUrl::parse(text).unwrap_err();
            assert!(!error.contains("hunter"), "{text}: {error}");
        }
    }
}
