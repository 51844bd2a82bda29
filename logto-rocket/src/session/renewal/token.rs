//! The access tokens of a session, from memory or from Logto.

use std::sync::Arc;

use super::queue::unavailable;
use crate::error::{Call, Error};
use crate::oidc::AccessToken;
use crate::session::Sessions;
use crate::session::cached_token::{CachedToken, TokenTarget};
use crate::session::memory::{Freshness, Purpose};
use crate::session::session::Session;

impl Sessions {
    /// An access token for `target` that will be honoured for a while, from memory or from Logto.
    pub async fn access_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
    ) -> Result<AccessToken, Error> {
        Ok(self.current_token(session, target).await?.text)
    }

    /// The scopes that Logto grants for `target`.
    pub async fn granted_scopes(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
    ) -> Result<Vec<String>, Error> {
        Ok(self.current_token(session, target).await?.scopes)
    }

    /// An access token for `target` with all that is known of it. One that is about to expire is
    /// still good if Logto does not give another.
    pub async fn current_token(
        self: &Arc<Self>,
        session: &Arc<Session>,
        target: TokenTarget,
    ) -> Result<CachedToken, Error> {
        let entry = self.memory.registry.entry(session, self.clock.instant());
        if let Some(token) = entry.token(&target, self.clock.now()) {
            return Ok(token);
        }
        let renewed = match self.may_ask() {
            Ok(()) => self.request(&entry, Purpose::AccessToken(target.clone())).await,
            refused => refused,
        };
        let now = self.clock.now();
        match renewed {
            Ok(()) => entry.expiring_token(&target, now).ok_or_else(short_lived),
            Err(Error::SessionOver) => Err(Error::SessionOver),
            Err(error @ Error::Refused { .. }) if !error.is_of_the_application() => Err(error),
            Err(error) => entry.expiring_token(&target, now).ok_or(error),
        }
    }

    /// Asks Logto now for what it knows of the user, unless a request that began after this call
    /// does already. Answers with the newest session.
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
        allowed.map_err(|code| Error::Refused { call: Call::Token, code })
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

fn short_lived() -> Error {
    unavailable("the access token that Logto issued has already expired")
}
