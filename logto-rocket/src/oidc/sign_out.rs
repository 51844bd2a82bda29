//! The end of a session at Logto: revocation and the end-session endpoint.

use std::time::Duration;

use openidconnect::CsrfToken;
use openidconnect::http::StatusCode;
use url::{Url, form_urlencoded};

use super::secrets::{RawIdToken, RefreshToken, State};
use super::{Oidc, named};
use crate::error::{Call, Error};

/// How long a user who signs out waits for the revocation.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(2);

/// Where a browser ends its session at Logto.
pub(crate) struct EndSession {
    /// The URL to redirect the browser to.
    pub url: Url,
    /// What it comes back with, if anything is asked to.
    pub state: Option<State>,
}

impl Oidc {
    /// Revokes a refresh token, which ends the whole grant with all its tokens
    /// ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)). Waits two seconds at most.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], [`Error::BadAnswer`] or [`Error::Unavailable`]; a token that Logto does
    /// not know is no error.
    pub(crate) async fn revoke(&self, refresh_token: &RefreshToken) -> Result<(), Error> {
        let call = Call::Revocation;
        let provider = self.provider().await?;
        let endpoint = named(provider.revocation.as_ref(), "revocation_endpoint")?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", refresh_token.reveal())
            .append_pair("token_type_hint", "refresh_token")
            .finish();
        let request = self.credentials().form(call, endpoint, &body)?;
        let response = self.issuer.http.send_within(REVOCATION_TIMEOUT, call, request).await?;
        if response.status() == StatusCode::OK {
            Ok(())
        } else {
            Err(self.issuer.http.refusal(call, &response))
        }
    }

    /// Where a browser ends its session at Logto and comes back from to
    /// `post_logout_redirect_uri`, which must be registered there
    /// ([RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).
    ///
    /// The request identifies the application by its id. An ID token of the session is sent as the hint,
    /// and with it a state that comes back. With it, the user stays signed in at Logto if the keys have
    /// changed.
    ///
    /// # Errors
    ///
    /// Those of discovery.
    pub(crate) async fn end_session(
        &self,
        post_logout_redirect_uri: &Url,
        id_token: Option<&RawIdToken>,
    ) -> Result<EndSession, Error> {
        let provider = self.provider().await?;
        let mut url = named(provider.end_session.as_ref(), "end_session_endpoint")?.clone();
        let state = id_token.map(|_| State::from(CsrfToken::new_random().into_secret()));
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri.as_str())
            .extend_pairs(id_token.map(|token| ("id_token_hint", token.reveal())))
            .extend_pairs(state.as_ref().map(|state| ("state", state.reveal())));
        Ok(EndSession { url, state })
    }
}
