//! The keys under `session`: how long a session lives, where it is stored, and in which cookie.

use std::time::Duration;

use cookie::SameSite;

use super::base_urls;
use super::errors::{Warning, Wrong};
use super::reader::Reader;
use super::store::Store;
use super::texts;
#[cfg(feature = "redis")]
use crate::session::RedisUrl;
use crate::session::{Settings, StoreSettings};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// From one second to the longest that browsers keep a cookie.
const BOUNDS: (Duration, Duration) = (SECOND, Duration::from_secs(400 * 24 * 60 * 60));

/// The minimum size of a session, and the maximum size of cookies that browsers and servers accept.
const MIN_COOKIE_BYTES: usize = 1000;
const MAX_COOKIE_BYTES: usize = 7000;

/// The headers that nginx takes as it comes (4 kB), less 1.3 kB for those of the application.
const DEFAULT_COOKIE_BYTES: usize = 2750;

/// Reads the keys under `session`; `is_https` if browsers reach the site over https, `has_own_store` if
/// the application has given a store of its own.
pub(super) fn read(
    reader: &mut Reader,
    is_https: bool,
    has_own_store: bool,
    warnings: &mut Vec<Warning>,
) -> Settings {
    let max_lifetime = reader.duration("session.max_lifetime", BOUNDS, 14 * DAY);
    let (revalidate_after, max_stale) = confirmation(reader, warnings);
    let store = store(reader, has_own_store);
    if !matches!(store, StoreSettings::Cookie) && reader.has("session.max_cookie_bytes") {
        let what = "has no effect: sessions are not stored in cookies";
        warnings.push(reader.warning("session.max_cookie_bytes", what, "remove it"));
    }
    let bytes = (MIN_COOKIE_BYTES, MAX_COOKIE_BYTES);
    Settings {
        max_lifetime,
        idle_timeout: idle_timeout(reader, max_lifetime),
        persistent: reader.flag("session.persistent").unwrap_or(true),
        revalidate_after,
        max_stale,
        store,
        cookie: cookie(reader, is_https, warnings),
        same_site: same_site(reader, is_https),
        max_cookie_bytes: reader
            .number("session.max_cookie_bytes", bytes)
            .unwrap_or(DEFAULT_COOKIE_BYTES),
        claims: reader.list("session.claims", texts::claim),
        user_info: user_info(reader),
        keep_id_token: reader.flag("session.keep_id_token").unwrap_or(false),
    }
}

fn store(reader: &mut Reader, has_own_store: bool) -> StoreSettings {
    let (key, url) = ("session.store", "session.redis.url");
    let store = reader.text(key, texts::store).unwrap_or(Store::Cookie);
    if has_own_store {
        for key in [key, url].into_iter().filter(|key| reader.has(key)).collect::<Vec<_>>() {
            let what =
                "conflicts with `Logto::fairing().store(…)`, which also sets the session store";
            reader.reject(key, Wrong::new(what, "remove one of the two"));
        }
        return StoreSettings::Own;
    }
    if store != Store::Redis && reader.has(url) && !reader.is_wrong(key) {
        let what = "has no effect: `session.store` is not \"redis\"";
        reader
            .reject(url, Wrong::new(what, "write `session.store = \"redis\"`, or remove this key"));
    }
    match store {
        Store::Cookie => StoreSettings::Cookie,
        Store::Memory => StoreSettings::Memory,
        // Without a URL an error has been noted, and the launch fails.
        Store::Redis => redis(reader).unwrap_or(StoreSettings::Cookie),
    }
}

#[cfg(feature = "redis")]
fn redis(reader: &mut Reader) -> Option<StoreSettings> {
    let key = "session.redis.url";
    let example = "`redis://host:6379/0`, with TLS `rediss://user:password@host:6379/0`, or with \
                   Sentinels `redis+sentinel://host:26379,host2:26379/name`";
    if !reader.has(key) {
        let remedy = format!(
            "give a URL such as {example}, best in the environment variable `{}`",
            super::keys::variable(key)
        );
        reader.reject(key, Wrong::new("is missing, but `session.store` is \"redis\"", remedy));
    }
    let remedy = || format!("write a URL such as {example}");
    let parse = |text: &str| RedisUrl::parse(text).map_err(|what| Wrong::new(what, remedy()));
    reader.text(key, parse).map(|url| StoreSettings::Redis(Box::new(url)))
}

#[cfg(not(feature = "redis"))]
fn redis(reader: &mut Reader) -> Option<StoreSettings> {
    let what = "needs the feature `redis`, which is not enabled in this build of logto-rocket";
    let remedy = "add `features = [\"redis\"]` to logto-rocket in Cargo.toml";
    reader.reject("session.store", Wrong::new(what, remedy));
    None
}

fn user_info(reader: &mut Reader) -> bool {
    let key = "session.user_info";
    let keep = reader.flag(key).unwrap_or(false);
    if keep && !reader.has("session.claims") {
        let what = "needs `session.claims`: all of user info does not fit into a session";
        let remedy = "name the claims to keep, such as \
                      `session.claims = [\"name\", \"roles\", \"custom_data\"]`";
        reader.reject(key, Wrong::new(what, remedy));
    }
    keep
}

fn idle_timeout(reader: &mut Reader, max_lifetime: Duration) -> Option<Duration> {
    let key = "session.idle_timeout";
    let idle = reader.time(key, |text| texts::duration_or_none(text, BOUNDS))??;
    if idle >= max_lifetime && !reader.is_wrong("session.max_lifetime") {
        let what = format!(
            "has no effect, because it is not shorter than `session.max_lifetime` ({})",
            texts::words(max_lifetime)
        );
        reader.reject(key, Wrong::new(what, "shorten it, or remove it"));
    }
    Some(idle)
}

/// `revalidate_after` and `max_stale`.
fn confirmation(
    reader: &mut Reader,
    warnings: &mut Vec<Warning>,
) -> (Option<Duration>, Option<Duration>) {
    let key = "session.max_stale";
    let after = reader
        .time("session.revalidate_after", |text| texts::duration_or_none(text, BOUNDS))
        .unwrap_or(Some(HOUR));
    let stale = reader.duration(key, BOUNDS, DAY);
    let Some(after) = after else {
        if reader.has(key) {
            let what = "has no effect: `session.revalidate_after` is \"none\", so that claims are \
                        never confirmed";
            warnings.push(reader.warning(key, what, "remove it"));
        }
        return (None, None);
    };
    if stale < after && !reader.is_wrong(key) {
        let (key, other, remedy) = if reader.has(key) {
            (key, ("shorter", "revalidate_after", after), "lengthen it")
        } else {
            let remedy = "shorten it, or lengthen `session.max_stale`";
            ("session.revalidate_after", ("longer", "max_stale", stale), remedy)
        };
        let (relation, name, duration) = other;
        let duration = texts::words(duration);
        let what = format!(
            "is {relation} than `session.{name}` ({duration}), so that claims would be refused \
             before they are confirmed"
        );
        reader.reject(key, Wrong::new(what, remedy));
    }
    (Some(after), Some(stale))
}

fn cookie(reader: &mut Reader, is_https: bool, warnings: &mut Vec<Warning>) -> Option<String> {
    let key = "session.cookie";
    let name = reader.text(key, texts::cookie_name)?;
    let without_secure = without_prefix(&name, "__Secure-");
    let without_host = without_prefix(&name, "__Host-");
    if (without_secure.is_some() || without_host.is_some()) && is_plain_http(reader, is_https) {
        let what = "has a prefix that browsers accept over https only";
        reader.reject(key, Wrong::new(what, "remove the prefix, or set an https `base_url`"));
    }
    if is_https && without_host.is_none() {
        let what = "has no prefix `__Host-`: other hosts of the same domain can set a cookie of \
                    this name, and so sign users in as another user";
        let cure = format!("write `__Host-{}`", without_secure.unwrap_or(&name));
        warnings.push(reader.warning(key, what, &cure));
    }
    Some(name)
}

/// What follows a prefix, which browsers know in any case.
fn without_prefix<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn same_site(reader: &mut Reader, is_https: bool) -> SameSite {
    let key = "session.same_site";
    let same_site = reader.text(key, texts::same_site).unwrap_or(SameSite::Lax);
    if same_site == SameSite::None && is_plain_http(reader, is_https) {
        let what = "needs https: browsers reject such a cookie without `Secure`";
        reader.reject(key, Wrong::new(what, "give an https `base_url`, or write \"lax\""));
    }
    same_site
}

/// Whether the site is known not to be https: a wrong or missing address is an error already.
fn is_plain_http(reader: &Reader, is_https: bool) -> bool {
    !is_https && !base_urls::has_error(reader)
}
