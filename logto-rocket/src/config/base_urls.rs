//! [`BaseUrls`]: where browsers reach this site.

use url::Url;

use super::errors::{Warning, Wrong};
use super::reader::Reader;
use super::routes::Routes;
use super::urls;
use super::values::{Base, Origin};
use crate::local_path::Prefix;
use crate::shown::shown;

const ONE: &str = "base_url";
const SEVERAL: &str = "base_urls";

/// Where browsers reach this site: the hosts, at most one in most sites, all by the same scheme and at
/// the same path.
#[derive(Clone, Debug, Default)]
pub(crate) struct BaseUrls {
    /// Empty only in the debug profile, where the address is known at lift-off.
    pub(crate) hosts: Vec<Origin>,
    /// The path below which the site is at each of its hosts.
    pub(crate) prefix: Prefix,
    /// What the proxy does with the prefix.
    pub(crate) proxy_prefix: ProxyPrefix,
}

/// What the proxy does with the path of `base_url` before it passes a request on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProxyPrefix {
    /// It does not change the path, as proxies do by default.
    #[default]
    Keep,
    /// It removes the prefix.
    Strip,
}

/// One address of this site.
struct BaseUrl {
    origin: Origin,
    prefix: Prefix,
}

impl BaseUrls {
    /// Reads the addresses, and what the proxy does with their path.
    pub(super) fn read(
        reader: &mut Reader,
        routes: &Routes,
        debug: bool,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let given = match (reader.has(ONE), reader.has(SEVERAL)) {
            (true, true) => {
                let what = "conflicts with `base_url`, which is the address of a site at one host";
                reader.reject(SEVERAL, Wrong::new(what, "remove one of the two"));
                Vec::new()
            }
            (_, true) => several(reader, routes),
            (_, false) => one(reader, routes, debug).into_iter().collect(),
        };
        let prefix = given.first().map(|it| it.prefix.clone()).unwrap_or_default();
        let proxy_prefix = reader.text("proxy_prefix", ProxyPrefix::parse);
        if proxy_prefix.is_some() && prefix.is_empty() && !has_error(reader) {
            let what = "has no effect: the site is at the root of its host";
            warnings.push(reader.warning(
                "proxy_prefix",
                what,
                "remove it, or add the path to `base_url`",
            ));
        }
        let hosts = given.into_iter().map(|it| it.origin).collect();
        Self { hosts, prefix, proxy_prefix: proxy_prefix.unwrap_or_default() }
    }

    /// Rejects an address with the path of `base` at its end, where it would be twice in the redirect URIs. Few mean
    /// that, and these say what their proxy does with the path.
    pub(super) fn reject_base(&self, reader: &mut Reader, base: &Base) {
        let prefix = &self.prefix;
        let is_known = reader.has("proxy_prefix") || reader.is_wrong("base") || has_error(reader);
        if is_known || !prefix.as_str().ends_with(base.as_str()) {
            return;
        }
        let key = if reader.has(SEVERAL) { SEVERAL } else { ONE };
        let what = format!(
            "ends with `{base}`, the path of `base`, so the routes of this crate would be below \
             `{prefix}{base}`"
        );
        let remedy = format!(
            "remove `{base}` from it, or give `base` another path; if `{prefix}{base}` is right, set \
             `proxy_prefix` to what the proxy does with `{prefix}`"
        );
        reader.reject(key, Wrong::new(what, remedy));
    }

    /// The key that gives them.
    pub(crate) fn key(&self) -> &'static str {
        if self.hosts.len() > 1 { SEVERAL } else { ONE }
    }

    /// Whether browsers reach the site over https, as far as it is configured.
    pub(super) fn is_https(&self) -> Option<bool> {
        self.hosts.first().map(Origin::is_https)
    }
}

/// Whether an error was found in the addresses.
pub(super) fn has_error(reader: &Reader) -> bool {
    reader.is_wrong(ONE) || reader.is_wrong(SEVERAL)
}

fn one(reader: &mut Reader, routes: &Routes, debug: bool) -> Option<BaseUrl> {
    if !debug && !reader.has(ONE) {
        let what = "is missing; only the debug profile has a default";
        let remedy = "give the address that browsers see, such as \
                    `base_url = \"https://app.example.com\"`";
        reader.reject(ONE, Wrong::new(what, remedy));
    }
    reader.text(ONE, |text| BaseUrl::parse(text, routes))
}

fn several(reader: &mut Reader, routes: &Routes) -> Vec<BaseUrl> {
    let given = reader.list(SEVERAL, |text| BaseUrl::parse(text, routes)).unwrap_or_default();
    let Some(first) = given.first() else {
        if !reader.is_wrong(SEVERAL) {
            let remedy = "name at least one, such as `base_urls = [\"https://app.example.com\"]`";
            reader.reject(SEVERAL, Wrong::new("is an empty list", remedy));
        }
        return given;
    };
    let wrong = given.iter().enumerate().skip(1).find_map(|(at, it)| {
        let (this, that) = (it.origin.as_str(), first.origin.as_str());
        if it.origin.is_https() != first.origin.is_https() {
            let what = format!("has `{this}` beside `{that}`, which has another scheme");
            return Some(Wrong::new(what, "use https for all of them"));
        }
        if it.prefix != first.prefix {
            let what = format!(
                "has `{this}{}` beside `{that}{}`, which has another path",
                it.prefix, first.prefix
            );
            let remedy = "give all of them the same path, because the routes are mounted once";
            return Some(Wrong::new(what, remedy));
        }
        let is_twice = given[..at].iter().any(|before| before.origin == it.origin);
        is_twice.then(|| Wrong::new(format!("has `{this}` twice"), "remove one of the two"))
    });
    if let Some(wrong) = wrong {
        reader.reject(SEVERAL, wrong);
    }
    given
}

impl BaseUrl {
    fn parse(text: &str, routes: &Routes) -> Result<Self, Wrong> {
        let url = urls::secure_url(text, "https://app.example.com")?;
        if let Some(site) = of_a_callback(&url, routes) {
            return Err(Wrong::new(
                "is a redirect URI, not the address of the site",
                format!("write `{site}`; the path of the sign-in routes is the key `base`"),
            ));
        }
        let Some(prefix) = Prefix::parse(url.path()) else {
            return Err(Wrong::new(
                format!(
                    "has the path `{}`, which has an empty segment or a character other than \
                     letters, digits, `-`, `_`, `.` and `~`",
                    shown(url.path())
                ),
                "write an address such as `https://example.com/app`",
            ));
        };
        Ok(Self { origin: Origin::of(&url), prefix })
    }
}

impl ProxyPrefix {
    fn parse(text: &str) -> Result<Self, Wrong> {
        match text {
            "keep" => Ok(Self::Keep),
            "strip" => Ok(Self::Strip),
            _ => Err(Wrong::new(
                "is neither \"keep\" nor \"strip\"",
                "write \"keep\" if the proxy passes on the whole path, or \"strip\" if it \
                 removes the path of `base_url`",
            )),
        }
    }
}

/// The origin of a URL that was copied from the redirect URIs in Logto's console.
fn of_a_callback(url: &Url, routes: &Routes) -> Option<String> {
    let path = url.path().trim_end_matches('/');
    let is_one = [&routes.sign_in_callback, &routes.sign_out_callback]
        .into_iter()
        .any(|name| path.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('/')));
    is_one.then(|| url.origin().ascii_serialization())
}
