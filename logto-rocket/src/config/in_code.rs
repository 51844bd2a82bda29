//! [`Config`]: the layer of the configuration that is written in code.

use std::fmt;
use std::time::Duration;

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider};

#[cfg(feature = "testing")]
use super::test_provider::TestProvider;

mod debug;
mod issuer;
mod routes;
mod session;
mod sign_in;
mod sign_out;
mod site;
mod table;
mod webhook;

use debug::debug;
pub use routes::RoutesConfig;
pub use session::SessionConfig;
pub use sign_in::SignInConfig;
pub use sign_out::SignOutConfig;
pub use webhook::WebhookConfig;

/// The name of this layer in figment and in launch errors.
pub(super) const NAME: &str = "Config in code";

/// Configuration written in code: the layer below Rocket.toml and the environment.
///
/// The values are defaults: `[default.logto]` in Rocket.toml, `ROCKET_LOGTO` and the `LOGTO_*` environment
/// variables override them. The launch checks the values and reports the errors of all layers together. Each
/// setter replaces an earlier value.
///
/// Put secrets in the environment rather than in code. The `Debug` output omits them.
///
/// ```
/// use logto_rocket::{Config, SessionConfig};
/// use std::time::Duration;
///
/// let config = Config::new()
///     .endpoint("https://example.logto.app")
///     .app_id("k3d9w0x7c5v1b2n4m6a8s")
///     .base_url("https://app.example.com")
///     .scopes(["email", "roles"])
///     .resources(["https://api.example.com"])
///     .timeout(Duration::from_secs(5))
///     .session(SessionConfig::new().idle_timeout(Duration::from_secs(3600)));
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct Config {
    values: Dict,
    #[cfg(feature = "testing")]
    provider: Option<TestProvider>,
}

impl Config {
    /// A configuration that sets no key.
    pub fn new() -> Self {
        Self::default()
    }

    /// The URL of Logto, which its console calls "Logto endpoint". `/oidc` or the path of the discovery
    /// document at its end is ignored. This or [`issuer()`](Config::issuer) is required. The URL must be https,
    /// or http on a loopback host, because an attacker who can change the traffic can sign in as any user.
    pub fn endpoint(self, url: impl Into<String>) -> Self {
        self.set("endpoint", url.into())
    }

    /// Logto's issuer identifier. The discovery document and every token must contain it byte for byte.
    /// Default: `{endpoint}/oidc`. The URL must be https, or http on a loopback host.
    pub fn issuer(self, url: impl Into<String>) -> Self {
        self.set("issuer", url.into())
    }

    /// The URL at which this server reaches Logto if it is not the endpoint, for example inside a cluster.
    /// Browsers still use the endpoint. Default: none. Plain http is allowed. The app secret and the tokens
    /// then cross that network unprotected, and outside the debug profile the launch warns about it.
    pub fn internal_endpoint(self, url: impl Into<String>) -> Self {
        self.set("internal_endpoint", url.into())
    }

    /// The id of the application (of type "Traditional web") at Logto. Required.
    pub fn app_id(self, id: impl Into<String>) -> Self {
        self.set("app_id", id.into())
    }

    /// The secret of the application at Logto. Required. An attacker who has it can act as this
    /// application. Set it in the environment (`LOGTO_APP_SECRET`) rather than in code.
    pub fn app_secret(self, secret: impl Into<String>) -> Self {
        self.set("app_secret", secret.into())
    }

    /// The scopes to ask for, besides `openid`, `offline_access` and `profile` and those that
    /// requirements name. Default: none.
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.set("scopes", list(scopes))
    }

    /// The API resources to ask for, by their identifiers at Logto
    /// ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)), besides those that requirements name.
    /// Default: none.
    pub fn resources<S: Into<String>>(self, resources: impl IntoIterator<Item = S>) -> Self {
        self.set("resources", list(resources))
    }

    /// Whether sign-ins ask for `openid`, `offline_access` and `profile` automatically. Default: `true`. If
    /// `false`, they ask only for [`scopes()`](Config::scopes), which must contain `openid`. Without
    /// `offline_access` there is no refresh token.
    pub fn include_reserved_scopes(self, include: bool) -> Self {
        self.set("include_reserved_scopes", include)
    }

    /// The `prompt` of a sign-in ([OpenID Connect Core, section
    /// 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)): `consent`, `login`,
    /// `login consent` or `none`. Default: `consent`. Without `consent` Logto issues no refresh token, and the
    /// launch warns about it.
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.set("prompt", prompt.into())
    }

    /// The options of a sign-in that sets none itself: the first page, its languages, a connector.
    pub fn sign_in(self, sign_in: SignInConfig) -> Self {
        self.set("sign_in", sign_in.into_dict())
    }

    /// Whether this server sends authorization requests to Logto directly ([RFC
    /// 9126](https://www.rfc-editor.org/rfc/rfc9126)), so that the browser never sees their
    /// parameters. Default: `false`.
    pub fn pushed_authorization(self, push: bool) -> Self {
        self.set("pushed_authorization", push)
    }

    /// Where the browser goes after a sign-in without a `return_to`: a path on this site, without the
    /// path of [`base_url()`](Config::base_url). Default: `/`.
    pub fn after_sign_in(self, path: impl Into<String>) -> Self {
        self.set("after_sign_in", path.into())
    }

    /// Where the browser goes after a sign-out without a `return_to`: a path on this site, without the
    /// path of [`base_url()`](Config::base_url). Default: `/`.
    pub fn after_sign_out(self, path: impl Into<String>) -> Self {
        self.set("after_sign_out", path.into())
    }

    /// The data that browsers delete at a sign-out, and the message after it.
    pub fn sign_out(self, sign_out: SignOutConfig) -> Self {
        self.set("sign_out", sign_out.into_dict())
    }

    /// Other origins, such as `https://admin.example.com`, whose pages may send requests with
    /// unsafe methods. Default: none. Their scripts can act as the signed-in user.
    pub fn trusted_origins<S: Into<String>>(self, origins: impl IntoIterator<Item = S>) -> Self {
        self.set("trusted_origins", list(origins))
    }

    /// The lifetime of sessions and where they are stored.
    pub fn session(self, session: SessionConfig) -> Self {
        self.set("session", session.into_dict())
    }

    /// The signing keys of Logto's webhooks, and the effect of webhooks.
    pub fn webhook(self, webhook: WebhookConfig) -> Self {
        self.set("webhook", webhook.into_dict())
    }

    /// The keys that encrypt cookies. The first key encrypts and all keys decrypt, so that you can
    /// replace a key without signing users out. Each is base64 of 32 or 64 bytes or 64 hexadecimal
    /// digits, as Rocket's `secret_key`, which is the default. An attacker who has a key can sign
    /// in as any user. Set the keys in the environment (`LOGTO_SECRET_KEYS`) rather than in code.
    pub fn secret_keys<S: Into<String>>(self, keys: impl IntoIterator<Item = S>) -> Self {
        self.set("secret_keys", list(keys))
    }

    /// The accepted difference between Logto's clock and this server's clock when times in tokens are checked.
    /// Default: 60 seconds; at most 5 minutes, because an expired token stays valid for this time.
    pub fn clock_skew(self, skew: Duration) -> Self {
        self.set("clock_skew", words(skew))
    }

    /// The time limit for a whole call to Logto. Default: 10 seconds; at least 100 milliseconds, at most 5
    /// minutes.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set("timeout", words(timeout))
    }

    /// The time limit for a connection to Logto. Default: 2 seconds; at least 100 milliseconds, at most one
    /// minute.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.set("connect_timeout", words(timeout))
    }

    /// A PEM file with the certificates of your own certificate authority, read at launch. A relative path
    /// starts at the working directory. Default: none. Calls to Logto trust these certificates in addition to
    /// the system's roots.
    pub fn ca_certificates(self, path: impl Into<String>) -> Self {
        self.set("ca_certificates", path.into())
    }

    /// Whether the metadata of protected resources
    /// ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)) is served for the API resources of mounted
    /// routes with `bearer`. Default: `true`.
    pub fn resource_metadata(self, serve: bool) -> Self {
        self.set("resource_metadata", serve)
    }

    /// The scopes that the metadata of protected resources names. Default: all scopes that mounted routes
    /// require.
    pub fn resource_metadata_scopes<S: Into<String>>(
        self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.set("resource_metadata_scopes", list(scopes))
    }

    /// Whether a [diagnosis](crate::Logto::diagnose) of the set-up runs automatically in the debug profile,
    /// once for each configuration. Default: `true`.
    pub fn diagnose(self, diagnose: bool) -> Self {
        self.set("diagnose", diagnose)
    }

    /// Uses a test provider, which overrides all layers.
    #[cfg(feature = "testing")]
    pub(crate) fn test_provider(self, provider: TestProvider) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// The test provider that is used.
    #[cfg(feature = "testing")]
    pub(super) fn provider(&self) -> Option<&TestProvider> {
        self.provider.as_ref()
    }

    fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.insert(key.into(), value.into());
        self
    }
}

impl Provider for Config {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let logto = Dict::from([("logto".into(), self.values.clone().into())]);
        Ok(Profile::Default.collect(logto))
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("Config", "", &self.values, f)
    }
}

fn list<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Value {
    texts.into_iter().map(Into::into).collect::<Vec<String>>().into()
}

fn words(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}
