//! `session.user_info`: the claims of an ID token together with what user info adds to them.

use std::time::Duration;

use super::queue::unavailable;
use crate::claims::Claims;
use crate::error::Error;
use crate::names::claim;
use crate::oidc::{AccessToken, Tokens};
use crate::session::Sessions;
use crate::session::cached_token::TokenTarget;
use crate::session::memory::Purpose;
use crate::session::session::Session;

/// The claims of a user's rights, which ID tokens have as well as user info.
const RIGHTS: [&str; 3] = [claim::ROLES, claim::ORGANIZATIONS, claim::ORGANIZATION_ROLES];

/// How long a confirmation waits for user info. Requests wait for the confirmation meanwhile.
const USER_INFO_TIMEOUT: Duration = Duration::from_secs(2);

impl Sessions {
    /// The claims of a verified ID token, with what user info adds if sessions keep it.
    ///
    /// # Errors
    ///
    /// Those of user info, because without its answer the claims from user info are unknown.
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

    /// The same for the answer to a refresh, which may have no claims. If the request is for claims, user
    /// info then confirms those of the session. An access token for a resource gives no access to user info,
    /// so the result is then `None`, and the claims are not confirmed.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if user info tells of something else, which only a sign-in can prove.
    pub(super) async fn confirmed_claims(
        &self,
        claims: Result<Option<Claims>, Error>,
        before: &Session,
        purpose: &Purpose,
        tokens: &Tokens,
    ) -> Result<Option<Claims>, Error> {
        let is_of_resource = match purpose {
            Purpose::AccessToken(target, _) => *target != TokenTarget::default(),
            Purpose::Claims(_) => false,
        };
        let answer = async {
            match (claims?, purpose) {
                (None, Purpose::AccessToken(..)) => Ok(None),
                (Some(_), _) if self.settings.user_info && is_of_resource => Ok(None),
                (Some(claims), _) => {
                    self.with_user_info(claims, &tokens.access_token).await.map(Some)
                }
                (None, Purpose::Claims(_)) => {
                    // User info has more than ID tokens, which only sessions with user info keep.
                    let adds = |name: &str| self.settings.user_info || RIGHTS.contains(&name);
                    let keep = |name: &str| adds(name) && self.stores_claim(name);
                    let agrees =
                        self.oidc.user_info_agrees(&before.claims, &tokens.access_token, keep);
                    if agrees.await? {
                        Ok(Some(Claims::clone(&before.claims)))
                    } else {
                        Err(Error::SessionOver)
                    }
                }
            }
        };
        let answer = tokio::time::timeout(USER_INFO_TIMEOUT, answer).await;
        answer.unwrap_or_else(|_| Err(unavailable("no user info within 2 seconds")))
    }
}
