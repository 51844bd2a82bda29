//! [`IssuerSettings`]: where Logto is, and how it is reached; [`ClientSettings`]: the application there.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::secrets::ClientSecret;
use super::sign_in::Prompt;

/// Where Logto is, and how this server reaches it.
#[derive(Clone, Debug)]
pub(crate) struct IssuerSettings {
    /// The issuer, byte for byte as discovery and tokens must contain it.
    pub issuer: String,
    /// The origin at which this server reaches Logto, if it is not the issuer's.
    pub internal: Option<Url>,
    /// Whether the issuer follows from `endpoint`: then every endpoint must lie on its origin.
    pub endpoint_given: bool,
    /// The accepted difference between Logto's clock and this server's clock.
    pub clock_skew: Duration,
    /// How long a whole call to Logto may take.
    pub timeout: Duration,
    /// How long connecting to Logto may take.
    pub connect_timeout: Duration,
    /// PEM texts, each with one or more certificates that are trusted besides the system's.
    pub ca_certificates: Vec<Vec<u8>>,
    /// Where the value of each key that is given comes from, in words, for messages.
    pub sources: BTreeMap<&'static str, String>,
}

/// This application at Logto.
#[derive(Clone, Debug)]
pub(crate) struct ClientSettings {
    /// The app id.
    pub id: String,
    /// The app secret.
    pub secret: ClientSecret,
    /// The `prompt` of a sign-in that sets none.
    pub prompt: Vec<Prompt>,
    /// Whether authorization requests are pushed (RFC 9126).
    pub pushed_authorization: bool,
}

impl IssuerSettings {
    /// How a message names a key of the configuration: with where its value comes from.
    pub(super) fn key(&self, key: &str) -> String {
        let source = self.sources.get(key).map(|source| format!(" (from {source})"));
        format!("`logto.{key}`{}", source.unwrap_or_default())
    }

    /// How a message names the key that says where this server reaches Logto.
    pub(super) fn place(&self) -> String {
        self.key(match (&self.internal, self.endpoint_given) {
            (Some(_), _) => "internal_endpoint",
            (None, true) => "endpoint",
            (None, false) => "issuer",
        })
    }

    /// How a message names the key that the issuer comes from.
    pub(super) fn issuer_key(&self) -> String {
        self.key(if self.endpoint_given { "endpoint" } else { "issuer" })
    }

    /// The settings of an application in a test.
    #[cfg(any(test, feature = "_fuzzing"))]
    pub(super) fn of_a_test(issuer: String) -> Self {
        Self {
            issuer,
            internal: None,
            endpoint_given: true,
            clock_skew: Duration::from_secs(60),
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(2),
            ca_certificates: Vec::new(),
            sources: BTreeMap::new(),
        }
    }
}

impl ClientSettings {
    /// The application in a test.
    #[cfg(any(test, feature = "_fuzzing"))]
    pub(super) fn of_a_test() -> Self {
        Self {
            id: "app_1".into(),
            secret: ClientSecret::from("se:cret+/ü"),
            prompt: vec![Prompt::Consent],
            pushed_authorization: false,
        }
    }
}
