//! [`Oidc`]: the calls to Logto. It does not depend on Rocket.

mod access_token;
mod authorization;
mod binding;
mod client_credentials;
mod clock_difference;
mod connection;
mod credentials;
mod discovery;
mod document;
mod examination;
#[cfg(any(test, feature = "_fuzzing"))]
pub(crate) mod fuzzed;
mod help;
mod http;
mod id_token;
mod introspection;
mod issuer;
mod key_searches;
mod keys;
mod logout_token;
mod logout_token_limits;
mod nonce_hash;
mod observer;
mod payload;
mod secrets;
mod seen_tokens;
mod settings;
mod sign_in;
mod sign_in_defaults;
mod sign_in_values;
mod sign_out;
#[cfg(test)]
mod tests;
mod token_answer;
mod token_exchange;
mod tokens;
mod types;
mod user_info;
mod verified_token;

use std::sync::Arc;

use openidconnect::{AuthType, AuthUrl, Client, ClientId, JsonWebKeySet, TokenUrl};
use url::Url;

pub(crate) use client_credentials::Machine;
pub(crate) use examination::{Answered, Discovered, Endpoints, PublishedKeys, Refused};
pub(crate) use id_token::{Before, Expected, IdToken, MaxAge};
pub use introspection::Introspection;
pub(crate) use issuer::Issuer;
pub(crate) use keys::Algorithm;
pub use logout_token::LogoutError;
pub(crate) use logout_token::LogoutToken;
pub(crate) use nonce_hash::NonceHash;
pub(crate) use observer::Observer;
pub(crate) use secrets::{
    AccessToken, AuthorizationCode, ClientSecret, Nonce, RawIdToken, RefreshToken, State, Verifier,
};
pub(crate) use settings::{ClientAuthentication, ClientSettings, IssuerSettings, LogoutTyp};
pub use sign_in::SignInOptions;
pub(crate) use sign_in_defaults::SignInDefaults;
pub use sign_in_values::{DirectSignIn, FirstScreen, Identifier, Prompt};
pub(crate) use sign_in_values::{MAX_LOCALES, is_locale};
pub(crate) use sign_out::{EndSession, SignOutHints};
pub(crate) use token_exchange::Exchange;
pub use token_exchange::SubjectTokenType;
pub(crate) use tokens::{NotExchanged, Renewal, Target, Tokens};

pub(crate) use verified_token::RequiredAudience;
pub use verified_token::VerifiedToken;

use crate::error::{Call, Error};
use credentials::Credentials;
use discovery::Provider;
use http::bad_answer;
use logout_token_limits::LogoutTokenLimits;
use types::Requests;

/// The client of one application at Logto.
pub(crate) struct Oidc {
    issuer: Arc<Issuer>,
    client: ClientSettings,
    logout_token_limits: LogoutTokenLimits,
}

impl Oidc {
    /// The client of this application. It sends no request yet.
    pub(crate) fn new(issuer: Arc<Issuer>, client: ClientSettings) -> Self {
        let logout_token_limits = LogoutTokenLimits::new(issuer.settings.clock_skew);
        Self { issuer, client, logout_token_limits }
    }

    /// Where Logto is.
    pub(crate) fn issuer(&self) -> &Arc<Issuer> {
        &self.issuer
    }

    /// What is wrong with the `iss` parameter of an answer to an authorization request, if anything is
    /// ([RFC 9207, section 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)). It must be equal
    /// to the issuer byte for byte, and may be absent only if Logto's discovery document does not
    /// promise it.
    ///
    /// # Errors
    ///
    /// Those of discovery, if there is no `iss` and the discovery document has not been fetched
    /// yet.
    pub(crate) async fn wrong_issuer(&self, iss: Option<&str>) -> Result<Option<String>, Error> {
        let (issuer, key) = (&self.issuer.settings.issuer, self.issuer.settings.issuer_key());
        Ok(match iss {
            Some(iss) if iss == issuer => None,
            Some(iss) => Some(payload::another(iss, issuer, &key)),
            None if self.provider().await?.names_issuer => Some(format!(
                "is missing, although Logto promises to send it; `{issuer}` is expected, which \
                 follows from {key}"
            )),
            None => None,
        })
    }

    /// The refusal of a call with this code of Logto's, with what to mend.
    pub(crate) fn refused(&self, call: Call, code: &str) -> Error {
        self.issuer.http.refused(call, code)
    }

    /// How to fix the cause if Logto answers a sign-in with this code. The text names what the sign-in asked for.
    pub(crate) fn sign_in_help(&self, code: &str, scopes: &str, resources: &[String]) -> String {
        self.issuer.settings.sign_in_help(code, scopes, resources)
    }

    async fn provider(&self) -> Result<Arc<Provider>, Error> {
        self.issuer.provider().await
    }

    fn requests(&self, provider: &Provider) -> Requests {
        Client::new(
            ClientId::new(self.client.id.clone()),
            self.issuer.url.clone(),
            JsonWebKeySet::default(),
        )
        .set_client_secret(openidconnect::ClientSecret::new(self.client.secret.reveal().to_owned()))
        .set_auth_type(match self.client.authentication {
            ClientAuthentication::Basic => AuthType::BasicAuth,
            ClientAuthentication::Post => AuthType::RequestBody,
        })
        .set_auth_uri(AuthUrl::from_url(provider.authorization.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
    }

    /// This application, as it proves to Logto that it is the one.
    fn credentials(&self) -> Credentials<'_> {
        let ClientSettings { id, secret, authentication, .. } = &self.client;
        Credentials { id, secret, authentication: *authentication }
    }
}

/// The endpoint, which only some calls need.
fn named<'a>(endpoint: Option<&'a Url>, member: &str) -> Result<&'a Url, Error> {
    endpoint.ok_or_else(|| {
        let advice = match member {
            "pushed_authorization_request_endpoint" => "; remove `logto.pushed_authorization`",
            "userinfo_endpoint" => "; without it, remove `logto.session.user_info`",
            _ => "",
        };
        bad_answer(Call::Discovery, format!("the discovery document names no `{member}`{advice}"))
    })
}
