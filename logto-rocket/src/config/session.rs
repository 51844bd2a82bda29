//! The keys under `session`: how long a session lives, where it is stored, and in which cookie.

use std::time::Duration;

use cookie::SameSite;

use super::mistakes::{Warning, Wrong};
use super::reader::Reader;
use super::texts;
use super::values::Origin;
#[cfg(feature = "redis")]
use crate::session::RedisUrl;
use crate::session::{Settings, StoreSettings};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// From one second to the longest that browsers keep a cookie.
const BOUNDS: (Duration, Duration) = (SECOND, Duration::from_secs(400 * 24 * 60 * 60));

/// The fewest bytes that hold a session, and the most that browsers and servers bear in cookies.
const MIN_COOKIE_BYTES: usize = 1000;
const MAX_COOKIE_BYTES: usize = 7000;

/// Where sessions are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// In the browser, in private cookies: the server stores nothing, and needs nothing beside its
    /// key.
    Cookie,
    /// In the memory of this process, with which they end: see
    /// [`MemoryStore`](crate::MemoryStore).
    Memory,
    /// In Redis, shared by all processes. It needs the feature `redis` and `session.redis.url`.
    Redis,
}

/// Reads the keys under `session`; `has_own_store` if the application has given a store of its own.
pub(super) fn read(
    reader: &mut Reader,
    base_url: Option<&Origin>,
    has_own_store: bool,
    warnings: &mut Vec<Warning>,
) -> Settings {
    let max_lifetime = reader.duration("session.max_lifetime", BOUNDS, 14 * DAY);
    let (revalidate_after, max_stale) = confirmation(reader, warnings);
    let store = store(reader, has_own_store);
    if !matches!(store, StoreSettings::Cookie) && reader.has("session.max_cookie_bytes") {
        let why = "`logto.session.max_cookie_bytes` has no effect: sessions do not live in cookies";
        warnings.push(Warning::new(why));
    }
    let bytes = (MIN_COOKIE_BYTES, MAX_COOKIE_BYTES);
    Settings {
        max_lifetime,
        idle_timeout: idle_timeout(reader, max_lifetime),
        revalidate_after,
        max_stale,
        store,
        cookie: cookie(reader, base_url),
        same_site: same_site(reader, base_url),
        max_cookie_bytes: reader
            .number("session.max_cookie_bytes", bytes)
            .unwrap_or(MAX_COOKIE_BYTES),
        claims: reader.list("session.claims", texts::claim),
        keep_id_token: reader.flag("session.keep_id_token").unwrap_or(false),
    }
}

fn store(reader: &mut Reader, has_own_store: bool) -> StoreSettings {
    let (key, url) = ("session.store", "session.redis.url");
    let store = reader.text(key, texts::store).unwrap_or(Store::Cookie);
    if has_own_store {
        for key in [key, url].into_iter().filter(|key| reader.has(key)).collect::<Vec<_>>() {
            let what = "is not alone: `Logto::fairing().store(…)` also says where sessions live";
            reader.reject(key, Wrong::new(what, "take out one of the two"));
        }
        return StoreSettings::Own;
    }
    if store != Store::Redis && reader.has(url) && !reader.is_wrong(key) {
        let what = "has no effect: `session.store` is not \"redis\"";
        reader.reject(url, Wrong::new(what, "write `session.store = \"redis\"`, or take it out"));
    }
    match store {
        Store::Cookie => StoreSettings::Cookie,
        Store::Memory => StoreSettings::Memory,
        // Without a URL a mistake has been noted, and the launch fails.
        Store::Redis => redis(reader).unwrap_or(StoreSettings::Cookie),
    }
}

#[cfg(feature = "redis")]
fn redis(reader: &mut Reader) -> Option<StoreSettings> {
    let key = "session.redis.url";
    let example = "`redis://host:6379/0`, or with TLS `rediss://user:password@host:6379/0`";
    if !reader.has(key) {
        let mend = format!(
            "give a URL such as {example}, best in the environment variable `{}`",
            super::keys::variable(key)
        );
        reader.reject(key, Wrong::new("is missing, where `session.store` is \"redis\"", mend));
    }
    let mend = || format!("write a URL such as {example}");
    let parse = |text: &str| RedisUrl::parse(text).map_err(|what| Wrong::new(what, mend()));
    reader.text(key, parse).map(|url| StoreSettings::Redis(Box::new(url)))
}

#[cfg(not(feature = "redis"))]
fn redis(reader: &mut Reader) -> Option<StoreSettings> {
    let what = "needs the feature `redis`, without which logto-rocket has been built";
    let mend = "write `features = [\"redis\"]` at logto-rocket in Cargo.toml";
    reader.reject("session.store", Wrong::new(what, mend));
    None
}

fn idle_timeout(reader: &mut Reader, max_lifetime: Duration) -> Option<Duration> {
    let key = "session.idle_timeout";
    let idle = reader.text(key, |text| texts::duration_or_none(text, BOUNDS))??;
    if idle >= max_lifetime && !reader.is_wrong("session.max_lifetime") {
        let what = format!(
            "is not shorter than `session.max_lifetime` ({}), so that it has no effect",
            texts::words(max_lifetime)
        );
        reader.reject(key, Wrong::new(what, "shorten it, or leave it off"));
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
        .text("session.revalidate_after", |text| texts::duration_or_none(text, BOUNDS))
        .unwrap_or(Some(HOUR));
    let stale = reader.duration(key, BOUNDS, DAY);
    let Some(after) = after else {
        if reader.has(key) {
            let why = "`logto.session.max_stale` has no effect: `session.revalidate_after` is \
                       \"none\", so that claims are never confirmed";
            warnings.push(Warning::new(why));
        }
        return (None, None);
    };
    if stale < after && !reader.is_wrong(key) {
        let (key, other, mend) = if reader.has(key) {
            (key, ("shorter", "revalidate_after", after), "lengthen it")
        } else {
            let mend = "shorten it, or lengthen `session.max_stale`";
            ("session.revalidate_after", ("longer", "max_stale", stale), mend)
        };
        let (relation, name, duration) = other;
        let duration = texts::words(duration);
        let what = format!(
            "is {relation} than `session.{name}` ({duration}), so that claims would be refused \
             before they are confirmed"
        );
        reader.reject(key, Wrong::new(what, mend));
    }
    (Some(after), Some(stale))
}

fn cookie(reader: &mut Reader, base_url: Option<&Origin>) -> Option<String> {
    let key = "session.cookie";
    let name = reader.text(key, texts::cookie_name)?;
    let lower = name.to_ascii_lowercase();
    let prefixed = lower.starts_with("__host-") || lower.starts_with("__secure-");
    if prefixed && is_plain_http(reader, base_url) {
        let what = "has a prefix with which browsers take a cookie over https only";
        reader.reject(key, Wrong::new(what, "leave off the prefix, or give an https `base_url`"));
    }
    Some(name)
}

fn same_site(reader: &mut Reader, base_url: Option<&Origin>) -> SameSite {
    let key = "session.same_site";
    let same_site = reader.text(key, texts::same_site).unwrap_or(SameSite::Lax);
    if same_site == SameSite::None && is_plain_http(reader, base_url) {
        let what = "needs https: browsers drop such a cookie without `Secure`";
        reader.reject(key, Wrong::new(what, "give an https `base_url`, or write \"lax\""));
    }
    same_site
}

/// Whether the site is known not to be https: a wrong or missing `base_url` is a mistake already.
fn is_plain_http(reader: &Reader, base_url: Option<&Origin>) -> bool {
    !base_url.is_some_and(Origin::is_https) && !reader.is_wrong("base_url")
}
