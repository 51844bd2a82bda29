//! Confirmation: claims of a certain age are believed only after Logto has told them again.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Call, Error};
use crate::session::renewal::turn::{Claims, Want};
use crate::session::{Presented, Session, Sessions};

/// How long a request waits for Logto to confirm claims.
const PATIENCE: Duration = Duration::from_secs(2);

impl Sessions {
    /// The session with claims that are to be believed now: confirmed less than `revalidate_after`
    /// ago, or, while Logto does not answer, less than `max_stale` ago.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if Logto honours the session no more, or it is too old and cannot be
    /// confirmed; [`Error::Unavailable`] if Logto is out of reach and the claims are too old.
    pub async fn confirmed(self: &Arc<Self>, presented: &Presented) -> Result<Arc<Session>, Error> {
        let session = &presented.session;
        if presented.is_doubtful {
            // Without a refresh token there is an error that says so.
            return Box::pin(self.refresh(session)).await;
        }
        let limit = self.settings.revalidate_after;
        match limit.filter(|limit| !session.is_confirmed_within(*limit, presented.at)) {
            None => Ok(Arc::clone(session)),
            // In a box, because it is large, and every request of a signed-in user comes by.
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
        if self.outage.may_ask(self.clock.instant()) {
            match self.confirm(session, limit).await {
                Ok(confirmed) => return Ok(confirmed),
                Err(Error::SessionOver) => return Err(Error::SessionOver),
                Err(error) => log::warn!("Claims could not be confirmed: {error}"),
            }
        }
        self.unconfirmed(session)
    }

    /// Asks Logto, and waits for a while. The answer counts however late it comes.
    async fn confirm(
        self: &Arc<Self>,
        session: &Arc<Session>,
        limit: Duration,
    ) -> Result<Arc<Session>, Error> {
        let record = self.live.record(session, self.clock.instant());
        let begun = record.begun();
        let answer = self.request(&record, Want::Claims(Claims::ConfirmedWithin(limit)));
        let silence = tokio::select! {
            answer = answer => return answer.map(|()| record.session()),
            () = tokio::time::sleep(PATIENCE) => true,
            () = self.outage.begins() => false,
        };
        // While another process has the turn, Logto has not been asked and keeps no silence.
        if silence && (self.store.is_none() || record.begun() > begun) {
            self.outage.begin(self.clock.instant(), None);
        }
        let why = "no answer within 2 seconds".into();
        Err(Error::Unavailable { call: Call::Token, why, retry_after: None })
    }

    /// The session with its old claims, which stand for a while if Logto does not answer.
    fn unconfirmed(&self, session: &Arc<Session>) -> Result<Arc<Session>, Error> {
        let stale = self.settings.max_stale.unwrap_or_default();
        if session.is_confirmed_within(stale, self.clock.now()) {
            return Ok(Arc::clone(session));
        }
        let retry_after = self.outage.remaining(self.clock.instant());
        let why = "the user's claims are too old to be believed".into();
        Err(Error::Unavailable { call: Call::Token, why, retry_after })
    }
}
