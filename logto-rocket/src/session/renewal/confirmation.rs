//! Confirmation: claims of a certain age decide only after Logto has confirmed them.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Call, Error};
use crate::session::Sessions;
use crate::session::load::Loaded;
use crate::session::memory::{Freshness, Purpose};
use crate::session::session::Session;

/// How long a request waits for Logto to confirm claims.
const CONFIRMATION_TIMEOUT: Duration = Duration::from_secs(2);

impl Sessions {
    /// The session with claims that are valid now: confirmed less than `revalidate_after` ago, or,
    /// while Logto does not answer, less than `max_stale` ago.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if Logto no longer accepts the session, or if it is too old and
    /// cannot be confirmed; [`Error::Unavailable`] if Logto is unreachable and the claims are too
    /// old.
    pub async fn confirmed(self: &Arc<Self>, loaded: &Loaded) -> Result<Arc<Session>, Error> {
        let session = &loaded.session;
        if loaded.is_doubtful {
            // Without a refresh token only a sign-in can confirm it.
            let is_over = session.refresh_token.is_none();
            return if is_over {
                Err(Error::SessionOver)
            } else {
                Box::pin(self.refresh(session)).await
            };
        }
        if let Some(concern) = self.concern(session, loaded.at) {
            return Box::pin(self.confirmed_since(session, concern)).await;
        }
        let limit = self.settings.revalidate_after;
        match limit.filter(|limit| !session.is_confirmed_within(*limit, loaded.at)) {
            None => Ok(Arc::clone(session)),
            // In a box, because it is large and every request of a signed-in user has room for it.
            Some(limit) => Box::pin(self.confirmed_anew(session, limit)).await,
        }
    }

    async fn confirmed_anew(
        self: &Arc<Self>,
        session: &Arc<Session>,
        limit: Duration,
    ) -> Result<Arc<Session>, Error> {
        if session.refresh_token.is_none() {
            return Err(Error::SessionOver);
        }
        match self.confirm(session, Freshness::ConfirmedWithin(limit)).await {
            Some(answer) => answer,
            None => self.unconfirmed(session),
        }
    }

    /// Asks Logto, and waits until Logto has answered, the time is over, or another request finds out that
    /// Logto does not answer. A later answer is still used. The result is `None` if there was no answer about
    /// the session.
    pub(super) async fn confirm(
        self: &Arc<Self>,
        session: &Arc<Session>,
        freshness: Freshness,
    ) -> Option<Result<Arc<Session>, Error>> {
        if !self.circuit.may_ask(self.clock.instant()) {
            return None;
        }
        let entry = self.memory.registry.entry(session, self.clock.instant());
        let begun = entry.begun();
        let answer = self.request(&entry, Purpose::Claims(freshness));
        tokio::select! {
            // Of another error the request itself says why in the log.
            answer = answer => match answer {
                Ok(()) => return Some(Ok(entry.session())),
                Err(Error::SessionOver) => return Some(Err(Error::SessionOver)),
                Err(_) => {}
            },
            () = tokio::time::sleep(CONFIRMATION_TIMEOUT) => {
                // While another process has the lease, Logto was not asked.
                if !self.backend.is_shared() || entry.begun() > begun {
                    self.open_circuit(None);
                }
            }
            () = self.circuit.opens() => {}
        }
        None
    }

    /// The session with its old claims, which stay valid for a while if Logto does not answer.
    pub(super) fn unconfirmed(&self, session: &Arc<Session>) -> Result<Arc<Session>, Error> {
        let stale = self.settings.max_stale.unwrap_or_default();
        if session.is_confirmed_within(stale, self.clock.now()) {
            return Ok(Arc::clone(session));
        }
        let retry_after = self.circuit.remaining(self.clock.instant());
        let why = "the user's claims are too old to be used".into();
        Err(Error::Unavailable { call: Call::Token, why, status: None, retry_after })
    }
}
