//! The end of a session at Logto: revocation and the end-session endpoint.

use std::time::Duration;

use openidconnect::CsrfToken;
use openidconnect::http::StatusCode;
use url::{Url, form_urlencoded};

use super::secrets::{RawIdToken, RefreshToken, State};
use super::sign_in_values::are_locales;
use super::{Oidc, named};
use crate::error::{Call, Error};

/// How long a user who signs out waits for the revocation.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest hint at who signs out, in bytes. It becomes part of an address.
const MAX_LOGOUT_HINT: usize = 256;

/// What a sign-out tells the issuer, besides the id of the application ([RP-Initiated Logout, section
/// 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).
#[derive(Clone, Debug, Default)]
pub(crate) struct SignOutHints {
    ui_locales: Vec<String>,
    logout_hint: Option<String>,
}

impl SignOutHints {
    /// The parameters that a link to the sign-out route may have.
    pub(crate) const LISTED: [&str; 2] = ["ui_locales", "logout_hint"];

    /// With the languages of the issuer's pages.
    ///
    /// # Errors
    ///
    /// Why they cannot be sent.
    pub(crate) fn set_ui_locales(&mut self, locales: Vec<String>) -> Result<(), &'static str> {
        if !are_locales(locales.iter().map(String::as_str)) {
            return Err("they are at most eight language tags of at most 35 characters each");
        }
        self.ui_locales = locales;
        Ok(())
    }

    /// With a hint at who signs out.
    ///
    /// # Errors
    ///
    /// Why it cannot be sent.
    pub(crate) fn set_logout_hint(&mut self, hint: String) -> Result<(), &'static str> {
        if hint.is_empty() || hint.len() > MAX_LOGOUT_HINT || hint.chars().any(char::is_control) {
            return Err("it is a text of at most 256 bytes without control characters");
        }
        self.logout_hint = Some(hint);
        Ok(())
    }

    /// Reads one parameter of a link to the sign-out route. What is unknown or cannot be sent is ignored,
    /// because anyone can write a link.
    pub(crate) fn link_parameter(mut self, name: &str, value: &str) -> Self {
        let _ = match name {
            "ui_locales" => {
                self.set_ui_locales(value.split_ascii_whitespace().map(Into::into).collect())
            }
            "logout_hint" => self.set_logout_hint(value.into()),
            _ => Ok(()),
        };
        self
    }

    /// The parameters that they are.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let locales = Some(self.ui_locales.join(" ")).filter(|locales| !locales.is_empty());
        let [ui_locales, logout_hint] = Self::LISTED;
        let locales = locales.map(|locales| (ui_locales, locales));
        locales.into_iter().chain(self.logout_hint.clone().map(|hint| (logout_hint, hint)))
    }

    /// What they take of an address, in bytes.
    pub(crate) fn len(&self) -> usize {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.parameters())
            .finish()
            .len()
    }
}

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

    /// The URL at which a browser ends its session at Logto. Logto then sends the browser to
    /// `post_logout_redirect_uri`, which must be registered there ([RP-Initiated
    /// Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).
    ///
    /// The request identifies the application by its id. If there is an ID token, it is sent as the hint,
    /// together with a `state` that comes back. With an ID token, the user stays signed in at Logto if the
    /// keys have changed. Logto ignores all other hints, because its sign-out asks nothing.
    ///
    /// # Errors
    ///
    /// Those of discovery.
    pub(crate) async fn end_session(
        &self,
        post_logout_redirect_uri: &Url,
        id_token: Option<&RawIdToken>,
        hints: &SignOutHints,
    ) -> Result<EndSession, Error> {
        let provider = self.provider().await?;
        let mut url = named(provider.end_session.as_ref(), "end_session_endpoint")?.clone();
        let state = id_token.map(|_| State::from(CsrfToken::new_random().into_secret()));
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("post_logout_redirect_uri", post_logout_redirect_uri.as_str())
            .extend_pairs(id_token.map(|token| ("id_token_hint", token.reveal())))
            .extend_pairs(state.as_ref().map(|state| ("state", state.reveal())))
            .extend_pairs(hints.parameters());
        Ok(EndSession { url, state })
    }
}
