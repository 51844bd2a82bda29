//! [`SessionConfig`]: the keys under `session`, written in code.

use std::time::Duration;

use rocket::figment::value::Dict;
use rocket::http::SameSite;

use super::table::table;
use super::{list, words};
use crate::config::Store;

/// Configuration of sessions written in code, for [`Config::session()`](crate::Config::session).
///
/// ```
/// use logto_rocket::SessionConfig;
/// use std::time::Duration;
///
/// let session = SessionConfig::new()
///     .max_lifetime(Duration::from_secs(12 * 60 * 60))
///     .revalidate_after(Duration::from_secs(10 * 60))
///     .claims(["name", "email", "roles"]);
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct SessionConfig(Dict);

table!(SessionConfig, "session");

impl SessionConfig {
    /// The maximum lifetime of a session, counted from the sign-in. Default: 14 days; at most 400
    /// days, the longest that browsers keep a cookie.
    pub fn max_lifetime(self, lifetime: Duration) -> Self {
        self.set("max_lifetime", words(lifetime))
    }

    /// How long a session lasts without a request; shorter than the maximum lifetime. By default,
    /// and with `None`, there is no such limit.
    pub fn idle_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        self.set("idle_timeout", words_or_none(timeout.into()))
    }

    /// Whether browsers keep a session when they are closed. Default: `true`. With `false` the session ends
    /// with the browser, unless the sign-in asks for something else:
    /// [`SignInBuilder::remember()`](crate::SignInBuilder::remember). A browser that restores its last pages
    /// may keep such cookies too, so set `idle_timeout` as well.
    pub fn persistent(self, keep: bool) -> Self {
        self.set("persistent", keep)
    }

    /// The age at which claims are confirmed at Logto before they are used again. A suspended user is then
    /// signed out, and the removal of a role takes effect. Default: 1 hour. With `None` claims are never
    /// confirmed, and the claims of the sign-in stay valid until the session ends.
    pub fn revalidate_after(self, age: impl Into<Option<Duration>>) -> Self {
        self.set("revalidate_after", words_or_none(age.into()))
    }

    /// How long claims stay valid while Logto does not answer. It must not be shorter than
    /// [`revalidate_after()`](SessionConfig::revalidate_after). Default: 24 hours. After that, requests that
    /// need the user get 503.
    pub fn max_stale(self, age: Duration) -> Self {
        self.set("max_stale", words(age))
    }

    /// Where sessions are stored. Default: [`Store::Cookie`].
    pub fn store(self, store: Store) -> Self {
        match store {
            Store::Cookie => self.set("store", "cookie"),
            Store::Memory => self.set("store", "memory"),
            Store::Redis => self.set("store", "redis"),
        }
    }

    /// The URL of Redis. [`Store::Redis`] requires it.
    ///
    /// - One server: `redis://host:6379/0`, or with TLS `rediss://user:password@host:6379/0`.
    /// - Sentinels: `redis+sentinel://user:password@host:26379,host2:26379/name/0`, or `rediss+sentinel://`
    ///   with TLS. `name` is the name of the primary.
    ///
    /// An attacker who has the password can end sessions. Set the URL in the environment
    /// (`LOGTO_SESSION__REDIS__URL`) rather than in code.
    pub fn redis_url(self, url: impl Into<String>) -> Self {
        self.set("redis", Dict::from([("url".into(), url.into().into())]))
    }

    /// The name of the session's cookie: letters, digits, `-`, `_` and `.`. Default: a name derived from the
    /// app id and the base. If the name begins with `__Host-`, other hosts of the same domain cannot set the
    /// cookie. This prefix requires an https base URL. With an https base URL, the launch warns about a name
    /// without it.
    pub fn cookie(self, name: impl Into<String>) -> Self {
        self.set("cookie", name.into())
    }

    /// The `SameSite` attribute of the session's cookie. Default: `Lax`. With `Strict`, a user who
    /// follows a link from another site arrives without a session. With `None`, which requires an
    /// https base URL, requests from other sites also carry the session.
    pub fn same_site(self, same_site: SameSite) -> Self {
        self.set("same_site", same_site.to_string().to_ascii_lowercase())
    }

    /// The maximum total size of the `Set-Cookie` headers of a session in bytes: from 1,000 to 7,000. Default:
    /// 2,750, which leaves the application 1.3 kB of the 4 kB of headers that nginx accepts by default. A
    /// sign-in whose session is larger fails, and the log names the largest claims.
    pub fn max_cookie_bytes(self, bytes: usize) -> Self {
        self.set("max_cookie_bytes", bytes)
    }

    /// The names of the claims that a session stores. Default: all. A requirement on a claim that
    /// is not stored cannot be decided and refuses the request.
    pub fn claims<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.set("claims", list(names))
    }

    /// Whether this crate fetches user info at the sign-in and each time that it confirms claims, and stores it
    /// with the claims. Default: `false`. Logto puts `custom_data`, `identities`, `sso_identities` and
    /// `organization_data` into user info only. The setting requires [`claims()`](SessionConfig::claims),
    /// because all of user info does not fit into a cookie. It also needs the scopes of these claims.
    ///
    /// User info is not signed, so it never replaces a claim of the ID token. It never adds roles,
    /// organizations, or claims about how the user signed in. Users can edit their custom data if Logto's
    /// account center allows it: use custom data for preferences, and roles for rights.
    pub fn user_info(self, keep: bool) -> Self {
        self.set("user_info", keep)
    }

    /// Whether a session stores the ID token as Logto sent it. Default: `false`, because it makes
    /// cookies large.
    ///
    /// The sign-out then sends the ID token to Logto as `id_token_hint`, with a `state` that must come back
    /// ([RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)). Issuers other
    /// than Logto may demand the hint. Logto does not need it, and refuses to end the session at Logto if the
    /// key that signed the token is no longer published. The ID token is in the address of a page at Logto, and
    /// so in the history of the browser and perhaps in logs. An ID token of more than 2,048 bytes is not sent,
    /// because proxies refuse longer headers.
    pub fn keep_id_token(self, keep: bool) -> Self {
        self.set("keep_id_token", keep)
    }
}

fn words_or_none(duration: Option<Duration>) -> String {
    duration.map_or_else(|| "none".into(), words)
}
