//! What Logto answers to requests by which nobody signs in or out, for a diagnosis of the set-up.
//!
//! Each is made once and not repeated. A redirect is not followed. No token comes of any of them.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::http::{self, Request};
use openidconnect::{HttpResponse, PkceCodeChallenge};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::discovery::{self, Provider};
use super::http::finish;
use super::keys::{Algorithm, KeySet};
use super::secrets::Verifier;
use super::{Issuer, Oidc, keys, named};
use crate::error::{Call, Error};

/// How long one request may take, whatever the configuration says.
const LONGEST_CALL: Duration = Duration::from_secs(10);

/// What Logto's discovery document says now.
pub(crate) enum Discovered {
    /// The document names the configured issuer, and these endpoints.
    Right(Box<Endpoints>),
    /// The document names another issuer.
    OtherIssuer(String),
    /// The document names the configured issuer, but this crate must not use the endpoints that it names.
    Unusable(Error),
    /// There is no document.
    None(Error),
}

/// Whether the keys that Logto publishes can verify tokens.
#[derive(Debug)]
pub(crate) enum PublishedKeys {
    /// They can.
    Right,
    /// No key is for an accepted algorithm.
    Unusable(Error),
    /// No key is for the algorithm that the configuration pins; the keys are for the published algorithms.
    NotPinned { pinned: Algorithm, published: Vec<Algorithm> },
}

/// Logto's endpoints, by a discovery document that names the configured issuer.
pub(crate) struct Endpoints(Provider);

/// What Logto answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It does what was asked.
    Done,
    /// It sends the browser back to the application, with this error code if it has one.
    SentBack(Option<String>),
    /// It refuses.
    Refused(Refused),
    /// Neither of these, with this status.
    Other(u16),
}

/// An error of Logto's that the browser, or this server, is shown.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Refused {
    #[serde(skip)]
    pub status: u16,
    /// The OAuth 2 error code.
    #[serde(rename = "error")]
    pub code: String,
    /// To be compared, never to be shown.
    #[serde(default, rename = "error_description")]
    pub description: String,
}

impl Endpoints {
    /// Where the keys are.
    pub(crate) fn keys(&self) -> &Url {
        &self.0.keys
    }
}

impl Issuer {
    /// Fetches the discovery document, whatever is known of it.
    pub(crate) async fn examine(&self) -> Discovered {
        let fetched = in_time(Call::Discovery, discovery::fetch(&self.http, &self.settings)).await;
        let metadata = match fetched {
            Ok(metadata) => metadata,
            Err(error) => return Discovered::None(error),
        };
        if metadata.issuer().as_str() != self.settings.issuer {
            return Discovered::OtherIssuer(metadata.issuer().to_string());
        }
        match Provider::read(&metadata, &self.settings, self.url.url()) {
            Ok(provider) => Discovered::Right(Box::new(Endpoints(provider))),
            Err(error) => Discovered::Unusable(error),
        }
    }

    /// Fetches the keys, to see whether they are of use.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`].
    pub(crate) async fn examine_keys(&self, endpoints: &Endpoints) -> Result<PublishedKeys, Error> {
        let published = in_time(Call::Keys, keys::fetch(&self.http, &endpoints.0)).await?;
        Ok(match (KeySet::new(published), self.settings.signing_algorithm) {
            (Err(error), _) => PublishedKeys::Unusable(error),
            (Ok(keys), Some(pinned)) if !keys.has_one_for(pinned) => {
                PublishedKeys::NotPinned { pinned, published: keys.algorithms() }
            }
            (Ok(_), _) => PublishedKeys::Right,
        })
    }

    /// The one algorithm that the configuration pins.
    pub(crate) fn signing_algorithm(&self) -> Option<Algorithm> {
        self.settings.signing_algorithm
    }

    /// By how many seconds this server's clock is ahead of Logto's, by the last answer that had a `Date`.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        self.http.clock_difference.ahead()
    }

    /// How a message names a key of the configuration: with where its value comes from.
    pub(crate) fn key(&self, key: &str) -> String {
        self.settings.key(key)
    }

    /// Whether the configuration sets the key.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.settings.sources.contains_key(key)
    }

    /// How a message names the key that says where this server reaches Logto.
    pub(crate) fn place(&self) -> String {
        self.settings.place()
    }

    /// The end of a message about a server that may not be Logto: the key to check.
    pub(crate) fn advice(&self) -> String {
        self.settings.advice()
    }

    /// How a message names the key that the issuer comes from.
    pub(crate) fn issuer_key(&self) -> String {
        self.settings.issuer_key()
    }

    async fn get(&self, url: &Url) -> Result<HttpResponse, Error> {
        let call = Call::Diagnosis;
        // In HTML, an error would have no code.
        let request = Request::get(url.as_str()).header(http::header::ACCEPT, "application/json");
        self.http.send_within(LONGEST_CALL, call, finish(call, request, Vec::new())?).await
    }
}

impl Oidc {
    /// Asks for a sign-in with `prompt=none`, as a browser without a session at Logto, so that Logto shows no
    /// page. `scopes` are separated by spaces.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`].
    pub(crate) async fn try_sign_in(
        &self,
        endpoints: &Endpoints,
        redirect_uri: &Url,
        scopes: &str,
        resources: &[String],
    ) -> Result<Answered, Error> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let verifier = Verifier::from(verifier.secret().as_str());
        let mut url = endpoints.0.authorization.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", redirect_uri.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", scopes)
            .append_pair("prompt", "none")
            .append_pair("state", verifier.state().reveal())
            .append_pair("nonce", verifier.nonce().reveal())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method().as_str())
            .extend_pairs(resources.iter().map(|resource| ("resource", resource)));
        let response = self.issuer.get(&url).await?;
        Ok(sent_back(&response, redirect_uri).unwrap_or_else(|| shown(&response)))
    }

    /// Asks for a sign-out, as a browser without a session at Logto. Logto answers with a form, and ends
    /// nothing before a browser posts this form. Any other page does not count as [`Answered::Done`].
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`].
    pub(crate) async fn try_sign_out(
        &self,
        endpoints: &Endpoints,
        post_logout_redirect_uri: &Url,
    ) -> Result<Answered, Error> {
        let mut url = named(endpoints.0.end_session.as_ref(), "end_session_endpoint")?.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri.as_str());
        let response = self.issuer.get(&url).await?;
        let answered = sent_back(&response, post_logout_redirect_uri);
        Ok(match answered.unwrap_or_else(|| shown(&response)) {
            Answered::Done if !has_sign_out_form(&response, &url) => {
                Answered::Other(response.status().as_u16())
            }
            answered => answered,
        })
    }

    /// Sends an invalid code to the token endpoint. Logto checks the app secret first, and then refuses the
    /// code.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] or [`Error::BadAnswer`].
    pub(crate) async fn try_secret(
        &self,
        endpoints: &Endpoints,
        redirect_uri: &Url,
    ) -> Result<Answered, Error> {
        let call = Call::Diagnosis;
        let [code, verifier] = [(); 2].map(|()| rand::random::<[u8; 32]>());
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &URL_SAFE_NO_PAD.encode(code))
            .append_pair("code_verifier", &URL_SAFE_NO_PAD.encode(verifier))
            .append_pair("redirect_uri", redirect_uri.as_str())
            .finish();
        let request = self.credentials().form(call, &endpoints.0.token, &body)?;
        let response = self.issuer.http.send_within(LONGEST_CALL, call, request).await?;
        Ok(shown(&response))
    }

    /// The endpoints that the configuration uses and the discovery document does not name, each with the key
    /// that uses it.
    pub(crate) fn missing(
        &self,
        Endpoints(provider): &Endpoints,
        with_user_info: bool,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let pushes = self.client.pushed_authorization && provider.pushed_authorization.is_none();
        let reads = with_user_info && provider.user_info.is_none();
        let all = [
            (pushes, "pushed_authorization_request_endpoint", "pushed_authorization"),
            (reads, "userinfo_endpoint", "session.user_info"),
        ];
        all.into_iter().filter_map(|(is_missing, member, key)| is_missing.then_some((member, key)))
    }

    /// The application's id.
    pub(crate) fn app_id(&self) -> &str {
        &self.client.id
    }

    /// A hash of the application and its Logto, the secret included.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let (settings, client) = (&self.issuer.settings, &self.client);
        let internal = settings.internal.as_ref().map_or("", Url::as_str);
        let authentication = format!("{:?} {}", client.authentication, client.pushed_authorization);
        let parts = [settings.issuer.as_str(), internal, &client.id, client.secret.reveal()];
        let parts =
            parts.into_iter().chain([&*authentication]).fold(Sha256::new(), |hash, part| {
                hash.chain_update(part.len().to_be_bytes()).chain_update(part)
            });
        parts.finalize().into()
    }
}

/// A call that may otherwise take as long as the configuration says.
async fn in_time<T>(
    call: Call,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(LONGEST_CALL, answer).await.unwrap_or_else(|_| {
        let why = format!("no complete answer within {LONGEST_CALL:?}");
        Err(Error::Unavailable { call, why, status: None, retry_after: None })
    })
}

/// The result of an answer that redirects the browser to this address; `None` for another answer.
fn sent_back(response: &HttpResponse, to: &Url) -> Option<Answered> {
    let leads = response.status().is_redirection();
    let location = response.headers().get(http::header::LOCATION).filter(|_| leads)?;
    let location = Url::parse(location.to_str().ok()?).ok()?;
    let is_there = location.origin() == to.origin() && location.path() == to.path();
    let error = location.query_pairs().find(|(name, _)| name == "error");
    is_there.then(|| Answered::SentBack(error.map(|(_, code)| code.into_owned())))
}

/// Whether the page has the form by which Logto signs out, which the browser sends without a question.
fn has_sign_out_form(response: &HttpResponse, end_session: &Url) -> bool {
    let page = String::from_utf8_lossy(response.body());
    let action = format!("{}/confirm", end_session.path());
    ["<form", "xsrf", &*action].into_iter().all(|part| page.contains(part))
}

/// The result of another answer.
fn shown(response: &HttpResponse) -> Answered {
    let status = response.status();
    if status.is_success() {
        return Answered::Done;
    }
    match serde_json::from_slice::<Refused>(response.body()) {
        Ok(refused) if status.is_client_error() => {
            Answered::Refused(Refused { status: status.as_u16(), ..refused })
        }
        _ => Answered::Other(status.as_u16()),
    }
}
