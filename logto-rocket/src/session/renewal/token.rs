//! The access tokens of a session, from memory or from Logto.

use std::sync::Arc;
use std::time::Duration;

use super::circuit::BACKOFF;
use super::queue::unavailable;
use crate::error::{Call, Error};
use crate::oidc::AccessToken;
use crate::session::Sessions;
use crate::session::cached_token::{CachedToken, TokenTarget};
use crate::session::memory::{Freshness, Purpose, Use};
use crate::session::session::Session;

/// How long a renewal may take while the old token is still good.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(2);

impl Sessions {
    /// An access token for `target` that is valid for a while, from memory or from Logto. If Logto gives no
    /// new token, a token that is about to expire is used.
    pub async fn access_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
    ) -> Result<CachedToken, Error> {
        self.token(session, target, Use::Call, Use::Call).await
    }

    /// The scopes that Logto grants for `target`, less than `revalidate_after` ago and after the last
    /// mark of the session. While Logto does not answer, older ones stay valid until their token expires,
    /// up to `max_stale`, but none from before the mark.
    pub async fn granted_scopes(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
    ) -> Result<Vec<String>, Error> {
        let fresh = Use::Decision(self.settings.revalidate_after);
        let stale = Use::Decision(self.settings.max_stale);
        Ok(self.token(session, target, fresh, stale).await?.scopes)
    }

    /// The access token for `target` that is fit for its use, from memory or from Logto. If Logto gives none,
    /// the token that is fit for the other use.
    async fn token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
        wanted: Use,
        otherwise: Use,
    ) -> Result<CachedToken, Error> {
        let entry = self.memory.registry.entry(session, self.clock.instant());
        if let Some(token) = entry.token(&target, wanted, self.clock.now()) {
            return Ok(token);
        }
        let old = || entry.expiring_token(&target, otherwise, self.clock.now());
        let renewed = match self.may_ask() {
            Ok(()) => {
                let request = self.request(&entry, Purpose::AccessToken(target.clone(), wanted));
                if old().is_none() {
                    request.await
                } else {
                    // The old token is still valid, so callers do not wait long for a new one.
                    tokio::time::timeout(RENEWAL_TIMEOUT, request)
                        .await
                        .unwrap_or_else(|_| Err(unavailable("no answer within 2 seconds")))
                }
            }
            refused => refused,
        };
        match renewed {
            Ok(()) => entry.expiring_token(&target, wanted, self.clock.now()).ok_or_else(|| {
                let why = "the access token that Logto issued has already expired";
                entry.pause(self.clock.instant(), BACKOFF, why.into());
                unavailable(why)
            }),
            Err(Error::SessionOver) => Err(Error::SessionOver),
            Err(error @ Error::Refused { .. }) if !error.is_of_the_application() => Err(error),
            Err(error) => old().ok_or(error),
        }
    }

    /// Asks Logto now for the user's claims, and sets a mark, unless a request that began after this call
    /// does so already. Returns the newest session.
    pub async fn refresh(self: &Arc<Self>, session: &Arc<Session>) -> Result<Arc<Session>, Error> {
        let entry = self.memory.registry.entry(session, self.clock.instant());
        let after = entry.begun();
        self.may_ask()?;
        self.request(&entry, Purpose::Claims(Freshness::After(after))).await?;
        Ok(entry.session())
    }

    /// Whether Logto may be asked: not while it refuses the application.
    fn may_ask(&self) -> Result<(), Error> {
        let allowed = self.circuit.may_ask_for_a_token(self.clock.instant());
        allowed.map_err(|code| self.oidc.refused(Call::Token, &code))
    }

    /// Removes an access token that Logto refused.
    pub fn forget_token(
        &self,
        session: &Arc<Session>,
        target: &TokenTarget,
        refused: &AccessToken,
    ) {
        self.memory.registry.entry(session, self.clock.instant()).forget_token(target, refused);
    }

    /// Forgets all access tokens of the session, so that the next one comes from Logto.
    pub fn clear_tokens(&self, session: &Arc<Session>) {
        let entry = self.memory.registry.entry(session, self.clock.instant());
        entry.clear_tokens();
        self.backend.tokens_cleared(&entry);
    }
}
