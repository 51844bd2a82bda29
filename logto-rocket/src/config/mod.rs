//! The configuration table: layers in, values that cannot be wrong out, errors in words.
//!
//! [`read()`] merges the configuration in code ([`Config`]), in Rocket.toml and in the environment,
//! and parses it into [`Settings`].

mod environment;
mod errors;
mod in_code;
mod keys;
mod listener;
mod numbers;
mod read;
mod reader;
mod secret_keys;
mod session;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod texts;
mod urls;
mod values;

use std::collections::BTreeMap;
use std::time::Duration;

use cookie::Key;
use url::Url;

use crate::local_path::LocalPath;
use crate::oidc::{ClientSecret, Prompt};

pub use in_code::{Config, SessionConfig};
pub(crate) use read::read;
pub use store::Store;
pub(crate) use values::{Base, CaCertificates, Issuer, Origin};

/// The parsed configuration. Its fields are named as the keys.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub(crate) struct Settings {
    /// Logto's issuer identifier.
    pub(crate) issuer: Issuer,
    /// The URL at which browsers reach Logto; `None` if only the issuer is configured.
    pub(crate) endpoint: Option<Url>,
    /// The URL at which this server reaches Logto, if it is not that of the issuer.
    pub(crate) internal_endpoint: Option<Url>,
    /// The application's id at Logto.
    pub(crate) app_id: String,
    /// The application's secret at Logto.
    pub(crate) app_secret: ClientSecret,
    /// The origin of this site; `None` only in the debug profile:
    /// [`base_url_for_port()`](Settings::base_url_for_port) knows it from lift-off on.
    pub(crate) base_url: Option<Origin>,
    /// Whether Rocket itself speaks TLS.
    pub(crate) has_tls: bool,
    /// The path that the routes are mounted under.
    pub(crate) base: Base,
    /// The scopes to ask for besides the reserved ones.
    pub(crate) scopes: Vec<String>,
    /// The API resources to ask for.
    pub(crate) resources: Vec<String>,
    /// Whether `openid`, `offline_access` and `profile` are asked for; if not, `scopes` has
    /// `openid`.
    pub(crate) include_reserved_scopes: bool,
    /// The `prompt` of a sign-in.
    pub(crate) prompt: Vec<Prompt>,
    /// Whether authorization requests are pushed (RFC 9126).
    pub(crate) pushed_authorization: bool,
    /// Where a sign-in without `return_to` leads.
    pub(crate) after_sign_in: LocalPath,
    /// Where a sign-out without `return_to` leads.
    pub(crate) after_sign_out: LocalPath,
    /// Other origins whose requests count as the site's own.
    pub(crate) trusted_origins: Vec<Origin>,
    /// The keys under `session`.
    pub(crate) session: crate::session::Settings,
    /// The keys that encrypt cookies, at least one. The first key encrypts; all keys decrypt.
    pub(crate) secret_keys: Vec<Key>,
    /// Whether the only key was generated at this launch and is lost when the process ends.
    pub(crate) generated_key: bool,
    /// The accepted difference between Logto's clock and this server's clock.
    pub(crate) clock_skew: Duration,
    /// How long a call to Logto may take.
    pub(crate) timeout: Duration,
    /// How long connecting to Logto may take.
    pub(crate) connect_timeout: Duration,
    /// The roots to trust besides the system's.
    pub(crate) ca_certificates: Option<CaCertificates>,
    /// Whether the route is mounted that returns the signed-in user.
    pub(crate) user_route: bool,
    /// Where the value of each key that is given comes from, in words.
    pub(crate) sources: BTreeMap<&'static str, String>,
}

impl Settings {
    /// The origin of this site, where the server listens at `port`.
    pub(crate) fn base_url_for_port(&self, port: u16) -> Origin {
        self.base_url.clone().unwrap_or_else(|| Origin::localhost(port, self.has_tls))
    }

    /// Where the value of `key` comes from, as ` (from …)`; nothing if it is the default.
    pub(crate) fn source_of(&self, key: &str) -> String {
        self.sources.get(key).map(|source| format!(" (from {source})")).unwrap_or_default()
    }

    /// Whether browsers reach this site over https, so that cookies can be `Secure`.
    pub(crate) fn is_https(&self) -> bool {
        self.base_url.as_ref().map_or(self.has_tls, Origin::is_https)
    }
}
