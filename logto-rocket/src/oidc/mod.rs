//! [`Oidc`]: the calls to Logto. It does not depend on Rocket.

mod authorization;
mod client_credentials;
mod connection;
mod discovery;
mod document;
mod help;
mod http;
mod id_token;
mod introspection;
mod key_searches;
mod keys;
mod logout_token;
mod logout_token_limits;
mod nonce_hash;
mod payload;
mod secrets;
mod settings;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod token_answer;
mod token_exchange;
mod tokens;
mod types;
mod user_info;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openidconnect::http::HeaderValue;
use openidconnect::{AuthUrl, Client, ClientId, IssuerUrl, JsonWebKeySet, TokenUrl};
use url::{Url, form_urlencoded};

pub(crate) use client_credentials::Machine;
pub(crate) use id_token::{Before, Expected, MaxAge};
pub use introspection::Introspection;
pub use logout_token::LogoutError;
pub(crate) use logout_token::LogoutToken;
pub(crate) use nonce_hash::NonceHash;
pub(crate) use secrets::{
    AccessToken, AuthorizationCode, ClientSecret, Nonce, RawIdToken, RefreshToken, State, Verifier,
};
pub(crate) use settings::OidcSettings;
pub use sign_in::{DirectSignIn, FirstScreen, Identifier, Prompt, SignInOptions};
pub(crate) use token_exchange::Exchange;
pub use token_exchange::SubjectTokenType;
pub(crate) use tokens::{NotExchanged, Renewal, Target, Tokens};

use crate::clock::Clock;
use crate::error::{Call, Error};
use discovery::Provider;
use document::Document;
use http::{Http, bad_answer};
use keys::Keys;
use logout_token_limits::LogoutTokenLimits;
use types::Requests;

/// The client of one Logto application. Discovers and fetches keys when they are first needed.
pub(crate) struct Oidc {
    settings: Arc<OidcSettings>,
    issuer: IssuerUrl,
    clock: Clock,
    http: Arc<Http>,
    provider: Arc<Document<Provider>>,
    keys: Keys,
    logout_token_limits: LogoutTokenLimits,
}

impl Oidc {
    /// A client with these settings. It sends no request yet. An error is a message for the launch.
    pub(crate) fn new(settings: OidcSettings, clock: Clock) -> Result<Self, String> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|error| format!("the issuer is not a URL: {error}"))?;
        let settings = Arc::new(settings);
        let http = Arc::new(Http::new(&settings, issuer.url())?);
        let provider = Document::new(Call::Discovery, clock.clone(), {
            let (http, settings) = (Arc::clone(&http), Arc::clone(&settings));
            let issuer = issuer.url().clone();
            move || {
                let (http, settings) = (Arc::clone(&http), Arc::clone(&settings));
                let issuer = issuer.clone();
                Box::pin(async move { discovery::discover(&http, &settings, &issuer).await })
            }
        });
        let keys = Keys::new(clock.clone(), Arc::clone(&http), Arc::clone(&provider));
        let logout_token_limits = LogoutTokenLimits::new(settings.clock_skew);
        Ok(Self { settings, issuer, clock, http, provider, keys, logout_token_limits })
    }

    /// Whether everything that a sign-in needs from Logto is available: the discovery document and
    /// the keys. Fetches what is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`], as the first of the two fetches has it.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        self.provider().await?;
        self.keys.ready().await
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
        let (issuer, key) = (&self.settings.issuer, self.settings.issuer_key());
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
        self.http.refused(call, code)
    }

    /// What to mend when Logto answers a sign-in with this code, by what the sign-in asked for.
    pub(crate) fn sign_in_help(&self, code: &str, scopes: &str, resources: &[String]) -> String {
        self.settings.sign_in_help(code, scopes, resources)
    }

    async fn provider(&self) -> Result<Arc<Provider>, Error> {
        Ok(self.provider.get().await?.value)
    }

    fn requests(&self, provider: &Provider) -> Requests {
        Client::new(
            ClientId::new(self.settings.client_id.clone()),
            self.issuer.clone(),
            JsonWebKeySet::default(),
        )
        .set_client_secret(openidconnect::ClientSecret::new(
            self.settings.client_secret.reveal().to_owned(),
        ))
        .set_auth_uri(AuthUrl::from_url(provider.authorization.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
    }

    /// The client authentication of this application at Logto.
    fn basic(&self, call: Call) -> Result<HeaderValue, Error> {
        basic(call, &self.settings.client_id, &self.settings.client_secret)
    }
}

/// The id and secret of an application as
/// [RFC 6749, section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1) has them: each
/// encoded as in a form first.
fn basic(call: Call, id: &str, secret: &ClientSecret) -> Result<HeaderValue, Error> {
    let encoded =
        |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encoded(id), encoded(secret.reveal()));
    let mut header = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
        .map_err(|_| bad_answer(call, "the app secret cannot be sent in a header"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// The endpoint, which only some calls need.
fn named<'a>(endpoint: Option<&'a Url>, member: &str) -> Result<&'a Url, Error> {
    endpoint.ok_or_else(|| {
        bad_answer(Call::Discovery, format!("the discovery document names no `{member}`"))
    })
}
