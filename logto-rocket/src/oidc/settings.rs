//! [`OidcSettings`]: the settings of the client.

use std::time::Duration;

use url::Url;

use super::secrets::ClientSecret;
use super::sign_in::Prompt;

/// The settings of the client.
#[derive(Clone, Debug)]
pub(crate) struct OidcSettings {
    /// The issuer, byte for byte as discovery and tokens must contain it.
    pub issuer: String,
    /// The origin at which this server reaches Logto, if it is not the issuer's.
    pub internal: Option<Url>,
    /// Whether the issuer follows from `endpoint`: then every endpoint must lie on its origin.
    pub endpoint_given: bool,
    /// The app id.
    pub client_id: String,
    /// The app secret.
    pub client_secret: ClientSecret,
    /// The `prompt` of a sign-in that sets none.
    pub prompt: Vec<Prompt>,
    /// The accepted difference between Logto's clock and this server's clock.
    pub clock_skew: Duration,
    /// How long a whole call to Logto may take.
    pub timeout: Duration,
    /// How long connecting to Logto may take.
    pub connect_timeout: Duration,
    /// PEM texts, each with one or more certificates that are trusted besides the system's.
    pub ca_certificates: Vec<Vec<u8>>,
    /// Whether authorization requests are pushed (RFC 9126).
    pub pushed_authorization: bool,
}
