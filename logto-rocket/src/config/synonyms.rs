//! [`meant_by`]: what an unknown key was meant to be.

use super::keys::{KEYS, TABLES};

/// What other software calls the keys of this configuration. [`plain`] names are compared, so `client_id` is
/// `clientId` as well, and `session.timeout` is `session_timeout`.
const OTHER_NAMES: [(&str, &[&str]); 11] = [
    ("app_id", &["client_id"]),
    ("app_secret", &["client_secret", "secret"]),
    ("endpoint", &["url", "uri", "host", "issuer_url", "authority", "domain"]),
    ("base_url", &["app_url", "public_url", "site_url"]),
    ("secret_keys", &["cookie_secret", "secret_key", "encryption_key"]),
    ("session.idle_timeout", &["session.timeout"]),
    ("session.max_lifetime", &["session.lifetime", "session.ttl", "session.max_age"]),
    ("session.redis.url", &["redis", "redis.url", "session.redis_url"]),
    ("routes.sign_in", &["login", "sign_in", "routes.login", "routes.sign_in"]),
    ("routes.sign_out", &["logout", "sign_out", "routes.logout", "routes.sign_out"]),
    ("routes.sign_up", &["register", "sign_up", "routes.register", "routes.sign_up"]),
];

/// What other software configures and this crate does not need, and why not.
const NOT_NEEDED: [(&[&str], &str); 3] = [
    (
        &["redirect_uri", "redirect_uris", "callback_url"],
        "the redirect URI follows from `base_url`, `base` and `routes.sign_in_callback`, and the \
         launch log prints it",
    ),
    (
        &["post_logout_redirect_uri", "post_logout_redirect_uris"],
        "the post sign-out redirect URI follows from `base_url`, `base` and \
         `routes.sign_out_callback`, and the launch log prints it",
    ),
    (
        &["session.secure", "session.cookie_secure", "cookie_secure"],
        "the cookies are `Secure` wherever `base_url` is https",
    ),
];

/// What an unknown key was meant to be.
pub(super) enum Meant {
    /// This key or table.
    Key(&'static str),
    /// Something that is not configured, for this reason.
    NotNeeded(&'static str),
}

/// What `unknown` was meant to be: what other software calls by this name, else a key of the same name in another
/// table, else a key with a similar spelling.
pub(super) fn meant_by(unknown: &str) -> Option<Meant> {
    let name = plain(unknown);
    let is_listed = |names: &[&str]| names.iter().any(|other| plain(other) == name);
    if let Some((_, why)) = NOT_NEEDED.into_iter().find(|(names, _)| is_listed(names)) {
        return Some(Meant::NotNeeded(why));
    }
    let known = OTHER_NAMES.into_iter().find(|(_, names)| is_listed(names)).map(|(key, _)| key);
    let elsewhere = || KEYS.into_iter().find(|key| last(key) == last(unknown));
    known.or_else(elsewhere).or_else(|| similar_to(unknown)).map(Meant::Key)
}

fn similar_to(unknown: &str) -> Option<&'static str> {
    KEYS.into_iter()
        .chain(TABLES)
        .map(|key| (strsim::jaro_winkler(key, unknown), key))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, key)| key)
}

/// The letters and digits of a key, in lower case.
fn plain(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
