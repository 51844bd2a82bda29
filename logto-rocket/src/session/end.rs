//! The end of sessions: by a sign-out, by a logout token of Logto, or by the application; and the revocation of
//! their refresh tokens, which outlive the session at Logto where `offline_access` was granted.
//!
//! An ending is noted in this process first, then the registry forgets the session, then it is deleted from
//! the store. The deletion is repeated until the store confirms it. From the first step on, every request and
//! every token request treats the session as ended; see `session/memory`.

use std::sync::Arc;
use std::time::Duration;

use rocket::futures::{StreamExt, stream};

use super::Sessions;
use super::memory::{Concern, Verdict};
use super::session::Session;
use super::store::StoreError;
use crate::error::{Call, Error};
use crate::events::{EndCause, Event};
use crate::oidc::RefreshToken;
use crate::session_id::SessionId;

/// How long Logto may take to revoke the refresh tokens of ended sessions.
const REVOCATION_TIMEOUT: Duration = Duration::from_secs(2);

/// How many refresh tokens are revoked at once.
const AT_ONCE: usize = 8;

/// Sessions that have ended, as far as this process or the store knew them.
#[must_use = "Logto still accepts their refresh tokens"]
pub(crate) struct Over(Vec<Arc<Session>>);

/// What a revoked refresh token belonged to, for the log.
#[derive(Clone, Copy)]
enum Revoked {
    /// A session that has ended.
    Ended,
    /// A session that had ended before the token came.
    Late,
    /// A sign-in that was refused.
    Refused,
}

impl Sessions {
    /// Ends the session permanently in this process and in the store, if there is one, and returns
    /// its last state.
    pub async fn end(&self, session: &Arc<Session>, cause: EndCause) -> Arc<Session> {
        let newest = self.forget(session).await;
        self.report(&newest, cause);
        newest
    }

    fn report(&self, session: &Session, cause: EndCause) {
        let (sub, session) = (session.claims.sub.clone(), session.id.clone());
        self.events.emit(&Event::SessionEnded { sub, session, cause });
    }

    fn report_all(&self, over: &Over, cause: EndCause) {
        over.0.iter().for_each(|session| self.report(session, cause));
    }

    /// Ends a session whose end is reported elsewhere, or that never began.
    pub(super) async fn forget(&self, session: &Arc<Session>) -> Arc<Session> {
        self.memory.ended.end(&session.id, session.signed_in_at, self.clock.now());
        let newest =
            self.memory.registry.remove(&session.id).unwrap_or_else(|| Arc::clone(session));
        // What fails is reported, and tried again.
        let _ = self.backend.delete(&session.id).await;
        newest
    }

    /// Waits until a session must be checked by another request: it has ended in this process, its lifetime
    /// is over, or its claims must be confirmed. This function asks neither Logto nor the store.
    pub async fn ended(&self, session: &Arc<Session>) {
        let watch = self.memory.ended.watch(session);
        // While Logto does not answer, old claims stay valid, and the next request is let in by them too.
        let begun = self.clock.now();
        loop {
            let known = self.memory.registry.newest(&session.id);
            let newest = known.as_ref().unwrap_or(session);
            let now = self.clock.now();
            let left = self.lifetimes.relied_on(newest, self.settings.revalidate_after, begun, now);
            let is_due = || matches!(self.concern(newest, now), Some(Concern::Change(_)));
            if left.is_zero() || self.memory.ended.verdict(newest) != Verdict::Alive || is_due() {
                return;
            }
            tokio::select! {
                () = watch.woken() => {}
                () = self.clock.sleep(left) => {}
            }
        }
    }

    /// Ends the session of a user who signs out, and revokes its refresh token at Logto, which takes two
    /// seconds at most. Returns the error if the revocation failed.
    pub async fn sign_out(&self, session: &Arc<Session>) -> Option<Error> {
        let ended = self.end(session, EndCause::SignOut).await;
        let token = ended.refresh_token.as_ref()?;
        let revoked = tokio::time::timeout(REVOCATION_TIMEOUT, self.oidc.revoke(token)).await;
        revoked.unwrap_or_else(|_| Err(too_slow())).err()
    }

    /// Ends the session of a sign-in that was refused, and revokes its refresh token at Logto. A failure of
    /// the revocation is logged.
    pub async fn refuse(&self, session: &Arc<Session>) {
        let ended = self.forget(session).await;
        self.revoke_refused(ended.refresh_token.as_ref()).await;
    }

    /// The same in the background, for a session that the store may have stored. The user has waited for the store
    /// already, and does not wait again.
    pub fn refuse_behind(self: &Arc<Self>, session: &Arc<Session>) {
        let (sessions, session) = (Arc::clone(self), Arc::clone(session));
        tokio::spawn(async move { sessions.refuse(&session).await });
    }

    /// Ends every session with this `sid`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store did not delete them. In this process they have ended anyway, as with all
    /// methods here.
    pub async fn end_by_sid(self: &Arc<Self>, sid: &str) -> Result<Over, Error> {
        self.memory.ended.end_sid(sid, self.clock.now());
        let is_meant = |session: &Session| session.claims.sid.as_deref() == Some(sid);
        let over = Over(self.memory.registry.remove_where(is_meant));
        let stored = self.backend.end_by_sid(sid).await.map(|()| Vec::new());
        self.over(over, stored, EndCause::BackchannelLogout)
    }

    /// Ends every session of a user that was signed in at `not_after` or earlier, in seconds since
    /// the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_by_sub(self: &Arc<Self>, sub: &str, not_after: u64) -> Result<Over, Error> {
        self.memory.ended.end_sub(sub, not_after, self.clock.now());
        let is_meant =
            |session: &Session| session.claims.sub == sub && session.signed_in_at <= not_after;
        let over = Over(self.memory.registry.remove_where(is_meant));
        let stored = self.backend.end_by_sub(sub, not_after).await;
        let stored = stored.map(|stored| stored.into_iter().filter(|it| is_meant(it)).collect());
        self.over(over, stored, EndCause::Application)
    }

    /// Ends every session of a user whose sign-in Logto answered at `not_after` or earlier, in seconds
    /// since the Unix epoch by Logto's own clock.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_at_logto(
        self: &Arc<Self>,
        sub: &str,
        not_after: u64,
        cause: EndCause,
    ) -> Result<Over, Error> {
        self.memory.ended.end_sub_at_logto(sub, not_after, self.clock.now());
        let is_meant =
            |session: &Session| session.claims.sub == sub && session.issued_at <= not_after;
        let over = Over(self.memory.registry.remove_where(is_meant));
        let stored = self.backend.end_at_logto(sub, not_after).await;
        self.over(over, stored, cause)
    }

    /// Ends one session.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_by_id(self: &Arc<Self>, id: &SessionId) -> Result<Over, Error> {
        let now = self.clock.now();
        let newest = self.memory.registry.newest(id);
        // A session that this process does not know was not signed in later than now.
        self.memory.ended.end(id, newest.map_or(now, |session| session.signed_in_at), now);
        let over = Over(self.memory.registry.remove(id).into_iter().collect());
        let stored = self.backend.end(id).await;
        self.over(over, stored, EndCause::Application)
    }

    /// The sessions that have ended here, together with those from the store. A session that was known here
    /// has ended whatever the store says, so it is reported, and its refresh token is revoked, in any case.
    fn over(
        self: &Arc<Self>,
        mut over: Over,
        stored: Result<Vec<Arc<Session>>, StoreError>,
        cause: EndCause,
    ) -> Result<Over, Error> {
        let stored = stored.map(|stored| over.add(stored.into_iter()));
        self.report_all(&over, cause);
        if let Err(error) = stored {
            let sessions = Arc::clone(self);
            tokio::spawn(async move { sessions.revoke(over).await });
            return Err(error.into());
        }
        Ok(over)
    }

    /// Revokes the refresh tokens of ended sessions at Logto, within two seconds. A failure is logged.
    pub async fn revoke(&self, over: Over) {
        let tokens = over.0.into_iter().filter_map(|session| session.refresh_token.clone());
        let revoked = stream::iter(tokens).for_each_concurrent(AT_ONCE, |token| async move {
            self.try_revoke(&token, Revoked::Ended).await;
        });
        if tokio::time::timeout(REVOCATION_TIMEOUT, revoked).await.is_err() {
            log::warn!("{}: no answer within 2 seconds", Revoked::Ended.failure());
        }
    }

    /// Revokes the refresh token of a sign-in that was refused. What fails is logged.
    pub async fn revoke_refused(&self, token: Option<&RefreshToken>) {
        if let Some(token) = token {
            self.try_revoke(token, Revoked::Refused).await;
        }
    }

    /// Revokes, in the background, the tokens that arrived for a session that has ended meanwhile.
    pub(super) fn revoke_behind(self: &Arc<Self>, token: Option<RefreshToken>) {
        let Some(token) = token else { return };
        let sessions = Arc::clone(self);
        tokio::spawn(async move { sessions.try_revoke(&token, Revoked::Late).await });
    }

    async fn try_revoke(&self, token: &RefreshToken, of: Revoked) {
        if let Err(error) = self.oidc.revoke(token).await {
            log::warn!("{}: {error}", of.failure());
        }
    }
}

impl Over {
    /// Adds what the store had. What this process knew of the same session is newer.
    fn add(&mut self, stored: impl Iterator<Item = Arc<Session>>) {
        for session in stored {
            if !self.0.iter().any(|known| known.id == session.id) {
                self.0.push(session);
            }
        }
    }
}

impl Revoked {
    fn failure(self) -> &'static str {
        match self {
            Self::Ended => "A refresh token of an ended session could not be revoked",
            Self::Late => "The tokens of an ended session could not be revoked",
            Self::Refused => "The tokens of a refused sign-in could not be revoked",
        }
    }
}

fn too_slow() -> Error {
    Error::Unavailable {
        call: Call::Revocation,
        why: "no answer within 2 seconds".into(),
        status: None,
        retry_after: None,
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
