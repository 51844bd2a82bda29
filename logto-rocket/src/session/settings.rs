//! [`Settings`]: how long a session lives, where it is stored, and in which cookie.

use std::time::Duration;

use cookie::SameSite;

#[cfg(feature = "redis")]
use super::store::RedisUrl;

/// Where sessions are stored, with all that it takes.
#[derive(Clone, Debug)]
pub(crate) enum StoreSettings {
    Cookie,
    Memory,
    #[cfg(feature = "redis")]
    Redis(Box<RedisUrl>),
    /// In the store that the application gave to the fairing.
    Own,
}

/// How sessions behave: what the configuration says under `session`.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long a session lives at most, from its sign-in.
    pub max_lifetime: Duration,
    /// How long a session lives without a request; shorter than `max_lifetime`.
    pub idle_timeout: Option<Duration>,
    /// Whether browsers keep a session when they are closed, unless its sign-in says otherwise.
    pub persistent: bool,
    /// The age at which claims are confirmed by a refresh; `None`: never.
    pub revalidate_after: Option<Duration>,
    /// The maximum age of unconfirmed claims, at least `revalidate_after`; `None` if and only if
    /// `revalidate_after` is `None`.
    pub max_stale: Option<Duration>,
    /// Where sessions are stored.
    pub store: StoreSettings,
    /// The name of the session's cookie, if not the one made of the app id.
    pub cookie: Option<String>,
    /// The cookie's `SameSite`; `None` only if the site is https.
    pub same_site: SameSite,
    /// The most bytes that a session's cookies have together.
    pub max_cookie_bytes: usize,
    /// The names of the claims that are stored; `None`: all.
    pub claims: Option<Vec<String>>,
    /// Whether user info is kept with the claims; only with `claims`.
    pub user_info: bool,
    /// Whether the ID token is stored.
    pub keep_id_token: bool,
}
