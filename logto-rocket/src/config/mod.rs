//! The configuration table: layers in, values that cannot be wrong out, errors in words.
//!
//! [`read()`] merges the configuration in code ([`Config`]), in Rocket.toml and in the environment,
//! and parses it into [`Settings`].

mod base_urls;
mod connection;
mod environment;
mod errors;
mod files;
mod flash;
#[cfg(any(test, feature = "_fuzzing"))]
pub(crate) mod fuzzed;
#[cfg(feature = "testing")]
mod given;
mod in_code;
mod keys;
mod listener;
mod numbers;
mod read;
mod reader;
mod resource_metadata;
mod routes;
mod secret_keys;
mod session;
mod sign_in;
mod site_data;
mod source;
mod store;
mod synonyms;
#[cfg(feature = "testing")]
mod test_provider;
#[cfg(test)]
mod tests;
mod texts;
mod urls;
mod values;
mod webhook;

use cookie::Key;

use crate::local_path::LocalPath;
use crate::oidc::{ClientAuthentication, ClientSecret, LogoutTyp, Prompt, SignInDefaults};

pub(crate) use base_urls::{BaseUrls, ProxyPrefix};
pub(crate) use connection::Connection;
pub(crate) use flash::Flash;
#[cfg(feature = "testing")]
pub(crate) use given::given;
pub use in_code::{
    Config, RoutesConfig, SessionConfig, SignInConfig, SignOutConfig, WebhookConfig,
};
pub(crate) use read::{OfResourceServer, read, read_resource_server};
pub(crate) use resource_metadata::ResourceMetadata;
pub(crate) use routes::Routes;
pub(crate) use secret_keys::has_secret_key;
pub use site_data::SiteData;
pub use store::Store;
#[cfg(feature = "testing")]
pub(crate) use test_provider::TestProvider;
pub(crate) use values::{Base, Origin};

/// The parsed configuration. Its fields are named as the keys.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub(crate) struct Settings {
    /// Where Logto is.
    pub(crate) connection: Connection,
    /// The metadata of protected resources.
    pub(crate) resource_metadata: ResourceMetadata,
    /// The application's id at Logto.
    pub(crate) app_id: String,
    /// The application's secret at Logto.
    pub(crate) app_secret: ClientSecret,
    /// The addresses of this site; without a host only in the debug profile:
    /// [`hosts_for_port()`](Settings::hosts_for_port) knows it from lift-off on.
    pub(crate) base_urls: BaseUrls,
    /// Whether Rocket itself speaks TLS.
    pub(crate) has_tls: bool,
    /// The path that the routes are mounted under, without the prefix of the site.
    pub(crate) base: Base,
    /// What the routes are called below it.
    pub(crate) routes: Routes,
    /// The scopes to ask for besides the reserved ones.
    pub(crate) scopes: Vec<String>,
    /// The API resources to ask for.
    pub(crate) resources: Vec<String>,
    /// Whether `openid`, `offline_access` and `profile` are asked for; if not, `scopes` has
    /// `openid`.
    pub(crate) include_reserved_scopes: bool,
    /// The `prompt` of a sign-in.
    pub(crate) prompt: Vec<Prompt>,
    /// The keys under `sign_in`.
    pub(crate) sign_in: SignInDefaults,
    /// Whether authorization requests are pushed (RFC 9126).
    pub(crate) pushed_authorization: bool,
    /// Where the application's secret goes.
    pub(crate) client_authentication: ClientAuthentication,
    /// Whether logout tokens must say that they are logout tokens.
    pub(crate) logout_typ: LogoutTyp,
    /// Where a sign-in without `return_to` leads, as browsers have it.
    pub(crate) after_sign_in: LocalPath,
    /// Where a sign-out without `return_to` leads, as browsers have it.
    pub(crate) after_sign_out: LocalPath,
    /// What browsers delete at a sign-out.
    pub(crate) clear_site_data: Vec<SiteData>,
    /// What users read once after a sign-in and a sign-out.
    pub(crate) flash: Flash,
    /// Other origins whose requests count as the site's own.
    pub(crate) trusted_origins: Vec<Origin>,
    /// The keys under `session`.
    pub(crate) session: crate::session::Settings,
    /// The keys under `webhook`, if webhooks are received.
    pub(crate) webhook: Option<crate::webhook::Settings>,
    /// The keys that encrypt cookies, at least one. The first key encrypts; all keys decrypt.
    pub(crate) secret_keys: Vec<Key>,
    /// Whether the only key was generated at this launch and is lost when the process ends.
    pub(crate) generated_key: bool,
    /// Whether the set-up is diagnosed without being asked for: only in the debug profile, and not at a
    /// test provider.
    pub(crate) diagnose: bool,
    /// What the site is called, if not by its host.
    pub(crate) site_name: Option<String>,
}

impl Settings {
    /// The hosts of this site, of which there is at least one, where the server listens at `port`.
    pub(crate) fn hosts_for_port(&self, port: u16) -> Vec<Origin> {
        let hosts = &self.base_urls.hosts;
        if hosts.is_empty() { vec![Origin::localhost(port, self.has_tls)] } else { hosts.clone() }
    }

    /// The path below which the routes of this crate are, as browsers have it.
    pub(crate) fn base_path(&self) -> LocalPath {
        self.base_urls.prefix.path_of(&LocalPath::root().join(self.base.as_str()))
    }

    /// Where Rocket finds the routes of this crate.
    pub(crate) fn mounted_at(&self) -> LocalPath {
        let BaseUrls { prefix, proxy_prefix, .. } = &self.base_urls;
        let own = LocalPath::root().join(self.base.as_str());
        match proxy_prefix {
            ProxyPrefix::Keep => prefix.path_of(&own),
            ProxyPrefix::Strip => own,
        }
    }

    /// Whether all routes of the site are, as Rocket has them, below this path.
    pub(crate) fn is_above_routes(&self, path: &str) -> bool {
        let BaseUrls { prefix, proxy_prefix, .. } = &self.base_urls;
        let path = path.trim_end_matches('/');
        let is_above = |path: &str| {
            let rest = prefix.as_str().strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        path.is_empty() || *proxy_prefix == ProxyPrefix::Keep && is_above(path)
    }

    /// Whether a route, as Rocket has it, may answer requests for pages of this site.
    pub(crate) fn may_be_of_site(&self, route: &str) -> bool {
        let BaseUrls { prefix, proxy_prefix, .. } = &self.base_urls;
        *proxy_prefix == ProxyPrefix::Strip || prefix.may_hold_route(route)
    }

    /// Where the value of `key` comes from, as ` (from …)`; nothing if it is the default.
    pub(crate) fn source_of(&self, key: &str) -> String {
        self.connection
            .sources
            .get(key)
            .map(|source| format!(" (from {source})"))
            .unwrap_or_default()
    }

    /// Whether browsers reach this site over https, so that cookies can be `Secure`.
    pub(crate) fn is_https(&self) -> bool {
        self.base_urls.is_https().unwrap_or(self.has_tls)
    }
}
