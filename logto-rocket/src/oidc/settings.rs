//! [`IssuerSettings`]: where Logto is, and how it is reached; [`ClientSettings`]: the application there.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::keys::Algorithm;
use super::secrets::ClientSecret;
use super::sign_in_defaults::SignInDefaults;
use super::sign_in_values::Prompt;

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
    /// The one algorithm that tokens may be signed by, if it is pinned.
    pub signing_algorithm: Option<Algorithm>,
    /// How long a whole call to Logto may take.
    pub timeout: Duration,
    /// How long connecting to Logto may take.
    pub connect_timeout: Duration,
    /// PEM texts, each with one or more certificates that are trusted besides the system's.
    pub ca_certificates: Vec<Vec<u8>>,
    /// The source of each configured value, as a text for messages.
    pub sources: BTreeMap<&'static str, String>,
}

/// This application at Logto.
#[derive(Clone, Debug)]
pub(crate) struct ClientSettings {
    /// The app id.
    pub id: String,
    /// The app secret.
    pub secret: ClientSecret,
    /// How the application proves that it is the one.
    pub authentication: ClientAuthentication,
    /// Whether logout tokens must say that they are logout tokens.
    pub logout_typ: LogoutTyp,
    /// The `prompt` of a sign-in that sets none.
    pub prompt: Vec<Prompt>,
    /// The options of a sign-in that sets none itself.
    pub sign_in: SignInDefaults,
    /// Whether authorization requests are pushed (RFC 9126).
    pub pushed_authorization: bool,
}

/// Where the secret of an application goes
/// ([RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ClientAuthentication {
    /// Into the `Authorization` header: `client_secret_basic`.
    #[default]
    Basic,
    /// Into the body: `client_secret_post`.
    Post,
}

/// Whether a logout token must have the `typ` of one
/// ([Back-Channel Logout, section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogoutTyp {
    #[default]
    Required,
    /// It may have none; another one is still refused.
    Optional,
}

impl IssuerSettings {
    /// How a message names a key of the configuration: with where its value comes from.
    pub(super) fn key(&self, key: &str) -> String {
        let source = self.sources.get(key).map(|source| format!(" (from {source})"));
        format!("`logto.{key}`{}", source.unwrap_or_default())
    }

    /// How a message names the key that says where this server reaches Logto.
    pub(super) fn place(&self) -> String {
        match self.internal {
            Some(_) => self.key("internal_endpoint"),
            None => self.issuer_key(),
        }
    }

    /// The end of a message about a server that may not be Logto: the key to check.
    pub(super) fn advice(&self) -> String {
        format!("; check {}", self.place())
    }

    /// How a message names the key that the issuer comes from.
    pub(super) fn issuer_key(&self) -> String {
        let is_given = !self.endpoint_given || self.sources.contains_key("issuer");
        self.key(if is_given { "issuer" } else { "endpoint" })
    }

    /// The settings of an application in a test.
    #[cfg(any(test, feature = "_fuzzing"))]
    pub(super) fn of_a_test(issuer: String) -> Self {
        Self {
            issuer,
            internal: None,
            endpoint_given: true,
            clock_skew: Duration::from_secs(60),
            signing_algorithm: None,
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
            authentication: ClientAuthentication::default(),
            logout_typ: LogoutTyp::default(),
            prompt: vec![Prompt::Consent],
            sign_in: SignInDefaults::default(),
            pushed_authorization: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_issuer_where_the_configuration_sets_it() {
        let derived = IssuerSettings::of_a_test("https://logto.example.com/oidc".into());
        assert_eq!(
            [derived.place(), derived.issuer_key()],
            ["`logto.endpoint`", "`logto.endpoint`"]
        );
        let sources = BTreeMap::from([("issuer", "LOGTO_ISSUER".to_owned())]);
        let given = IssuerSettings { sources, ..derived };
        let named = "`logto.issuer` (from LOGTO_ISSUER)";
        assert_eq!([given.place(), given.issuer_key()], [named, named]);
        let internal = Url::parse("http://logto:3001").ok();
        let inside = IssuerSettings { internal, ..given };
        assert_eq!([inside.place(), inside.issuer_key()], ["`logto.internal_endpoint`", named]);
    }
}
