//! [`Tokens`]: the answer of Logto's token endpoint to a code or a refresh token.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::http::StatusCode;
use openidconnect::{OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError};
use serde::Deserialize;
use url::Url;

use super::Oidc;
use super::credentials::Credentials;
use super::http::{Noting, Sent, bad_answer};
use super::secrets::{AccessToken, AuthorizationCode, RawIdToken, RefreshToken, Verifier};
use super::token_answer::{Answer, Refusal};
use crate::error::{Call, Error};

/// What Logto's token endpoint gives.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    /// The access token: opaque, or a JWT if a resource or organization was named.
    pub access_token: AccessToken,
    /// How long it lives from now on, if Logto said so.
    pub expires_in: Option<Duration>,
    /// The refresh token to use from now on, if there is one. Usually the same as before.
    pub refresh_token: Option<RefreshToken>,
    /// The ID token, not verified yet.
    pub id_token: Option<RawIdToken>,
    /// The scopes that were granted, as far as Logto said so. After the exchange of a code they do not
    /// name those of API resources.
    scopes: Vec<String>,
}

impl Tokens {
    /// The scopes of the access token. A JWT contains them; it came from Logto over TLS, so it need
    /// not be verified here, and the resource verifies it. For an opaque token they are in the
    /// answer.
    pub(crate) fn granted(&self) -> Vec<String> {
        #[derive(Deserialize)]
        struct Granted {
            #[serde(default)]
            scope: String,
        }
        let payload = self.access_token.payload();
        match payload.map(|payload| serde_json::from_slice::<Granted>(&payload)) {
            Some(granted) => {
                let scopes = granted.map(|granted| granted.scope).unwrap_or_default();
                scopes.split_whitespace().map(ToOwned::to_owned).collect()
            }
            None => self.scopes.clone(),
        }
    }
}

/// Why there are no tokens for a code.
#[derive(Debug)]
pub(crate) struct NotExchanged {
    /// What happened.
    pub error: Error,
    /// Whether the code may have reached Logto, which accepts each once. If not, it is still good.
    pub code_may_be_used: bool,
}

/// The result of a refresh.
#[derive(Debug)]
pub(crate) struct Renewal {
    /// The refresh token to use from now on, if the answer contained one, even if the rest is
    /// invalid.
    pub refresh_token: Option<RefreshToken>,
    /// The tokens.
    pub outcome: Result<Tokens, Error>,
}

impl Renewal {
    /// Whether a successful answer may have been lost, with a refresh token that is now the only
    /// valid one.
    pub(crate) fn is_lost(&self) -> bool {
        let unheard = match &self.outcome {
            Err(Error::Unavailable { retry_after, .. }) => retry_after.is_none(),
            Err(Error::BadAnswer { .. }) => true,
            _ => false,
        };
        unheard && self.refresh_token.is_none()
    }
}

impl AccessToken {
    /// What a JWT says, not verified; `None` of an opaque token.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        let payload = self.reveal().split('.').nth(1)?;
        URL_SAFE_NO_PAD.decode(payload).ok()
    }
}

/// The audience of a token request. Without a resource and an organization, the access token is for user info
/// and Logto's Account API. With both, it is for the resource in this organization.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target<'a> {
    /// The indicator of an API resource.
    pub resource: Option<&'a str>,
    /// The id of an organization.
    pub organization: Option<&'a str>,
}

impl Oidc {
    /// Exchanges the code of a sign-in once. A second exchange of the same code would revoke the
    /// tokens of the first, so the request is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with `invalid_grant` for a code that is spent, expired or another's;
    /// [`Error::BadAnswer`] and [`Error::Unavailable`].
    pub(crate) async fn exchange(
        &self,
        code: &AuthorizationCode,
        verifier: &Verifier,
        redirect_uri: &Url,
    ) -> Result<Tokens, NotExchanged> {
        let not_sent = |error| NotExchanged { error, code_may_be_used: false };
        let provider = self.provider().await.map_err(not_sent)?;
        let requests = self.requests(&provider);
        let http = Noting { http: Arc::clone(&self.issuer.http), sent: Sent::default() };
        let code = openidconnect::AuthorizationCode::new(code.reveal().to_owned());
        let answer = requests
            .exchange_code(code)
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.reveal().to_owned()))
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect_uri.clone())))
            .request_async(&http)
            .await;
        let outcome = self.tokens(answer).outcome;
        outcome.map_err(|error| NotExchanged { error, code_may_be_used: http.sent.may_be() })
    }

    /// Gets new tokens for a refresh token.
    ///
    /// If Logto gives none, the outcome is [`Error::Refused`]: `invalid_grant` when the session is over,
    /// `invalid_target` for a resource that the sign-in did not ask for, `access_denied` for an organization
    /// that the user is no member of; [`Error::BadAnswer`] or [`Error::Unavailable`].
    pub(crate) async fn refresh(
        &self,
        refresh_token: &RefreshToken,
        target: Target<'_>,
    ) -> Renewal {
        let provider = match self.provider().await {
            Ok(provider) => provider,
            Err(error) => return Renewal { refresh_token: None, outcome: Err(error) },
        };
        let requests = self.requests(&provider);
        let refresh_token = openidconnect::RefreshToken::new(refresh_token.reveal().to_owned());
        let mut request = requests.exchange_refresh_token(&refresh_token);
        if let Some(resource) = target.resource {
            request = request.add_extra_param("resource", resource);
        }
        if let Some(organization) = target.organization {
            request = request.add_extra_param("organization_id", organization);
        }
        self.tokens(request.request_async(&*self.issuer.http).await)
    }

    /// Sends a form to the token endpoint in the name of an application, once.
    pub(super) async fn request_tokens(
        &self,
        call: Call,
        application: Credentials<'_>,
        body: &str,
    ) -> Result<Tokens, Error> {
        let provider = self.provider().await?;
        let request = application.form(call, &provider.token, body)?;
        let response = self.issuer.http.send(call, request).await?;
        if response.status() != StatusCode::OK {
            return Err(self.issuer.http.refusal(call, &response));
        }
        let mut reader = serde_json::Deserializer::from_slice(response.body());
        let answer: Answer = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let at = error.path();
            bad_answer(call, format!("it is not a token answer: missing or wrong at `{at}`"))
        })?;
        Ok(answer.into())
    }

    /// The tokens of an answer, or why there are none. For an invalid answer the error contains only
    /// the place, never the text. A refresh token in an invalid answer is still used.
    fn tokens(&self, answer: Result<Answer, RequestTokenError<Error, Refusal>>) -> Renewal {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let (error, refresh_token) = match error {
                    RequestTokenError::ServerResponse(refusal) => {
                        (self.issuer.http.refused(Call::Token, &refusal.error), None)
                    }
                    RequestTokenError::Request(error) => (error, None),
                    RequestTokenError::Parse(error, body) => {
                        let at = error.path();
                        let why = format!("it is not a token answer: missing or wrong at `{at}`");
                        (bad_answer(Call::Token, why), rescued(&body))
                    }
                    RequestTokenError::Other(why) => (bad_answer(Call::Token, why), None),
                };
                return Renewal { refresh_token, outcome: Err(error) };
            }
        };
        let tokens = Tokens::from(answer);
        Renewal { refresh_token: tokens.refresh_token.clone(), outcome: Ok(tokens) }
    }
}

/// The refresh token of an answer in which something else is wrong.
fn rescued(body: &[u8]) -> Option<RefreshToken> {
    #[derive(Deserialize)]
    struct Rescued {
        refresh_token: RefreshToken,
    }
    let rescued: Rescued = serde_json::from_slice(body).ok()?;
    Some(rescued.refresh_token).filter(|token| !token.reveal().is_empty())
}

impl From<Answer> for Tokens {
    fn from(answer: Answer) -> Self {
        Self {
            expires_in: answer.expires_in(),
            access_token: AccessToken::from(answer.access_token.secret().as_str()),
            refresh_token: answer
                .refresh_token
                .map(|token| RefreshToken::from(token.secret().as_str())),
            id_token: answer.id_token,
            scopes: answer.scopes.iter().flatten().map(|scope| scope.to_string()).collect(),
        }
    }
}
