//! `session.user_info`: the claims of an ID token together with what user info adds to them.

use std::time::Duration;

use super::queue::unavailable;
use crate::claims::Claims;
use crate::error::Error;
use crate::oidc::{AccessToken, Tokens};
use crate::session::Sessions;
use crate::session::cached_token::TokenTarget;

/// How long a confirmation waits for user info. Requests wait for the confirmation meanwhile.
const USER_INFO_TIMEOUT: Duration = Duration::from_secs(2);

impl Sessions {
    /// The claims of a verified ID token, with what user info adds if sessions keep it.
    ///
    /// # Errors
    ///
    /// Those of user info: without its answer nobody knows which of its claims a user has.
    pub async fn with_user_info(
        &self,
        claims: Claims,
        access_token: &AccessToken,
    ) -> Result<Claims, Error> {
        if !self.settings.user_info {
            return Ok(claims);
        }
        self.oidc.with_user_info(claims, access_token, |name| self.stores_claim(name)).await
    }

    /// The same for the answer to a refresh. The token of a resource opens no user info, so the claims
    /// that come with one confirm nothing: there are none.
    pub(super) async fn confirmed_claims(
        &self,
        claims: Result<Option<Claims>, Error>,
        target: &TokenTarget,
        tokens: &Tokens,
    ) -> Result<Option<Claims>, Error> {
        let Some(claims) = claims? else { return Ok(None) };
        if self.settings.user_info && *target != TokenTarget::default() {
            return Ok(None);
        }
        let answer = self.with_user_info(claims, &tokens.access_token);
        let answer = tokio::time::timeout(USER_INFO_TIMEOUT, answer).await;
        answer.unwrap_or_else(|_| Err(unavailable("no user info within 2 seconds"))).map(Some)
    }
}
