//! The end of sessions that no request presents: by Logto's word, or by the application's.

use std::sync::Arc;
use std::time::Duration;

use rocket::futures::future::join;
use rocket::futures::{StreamExt, stream};

use super::{Session, Sessions};
use crate::error::Error;
use crate::session_id::SessionId;

/// How long Logto may take to revoke the refresh tokens of ended sessions.
const REVOCATION: Duration = Duration::from_secs(2);

/// How many refresh tokens are revoked at once.
const AT_ONCE: usize = 8;

const NOT_REVOKED: &str = "A refresh token of an ended session could not be revoked";

/// Sessions that have ended, as far as this process or the store knew them.
#[must_use = "their refresh tokens still live"]
pub(crate) struct Over(Vec<Arc<Session>>);

impl Sessions {
    /// Ends every session with this `sid`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store did not delete them. In this process they have ended even so;
    /// that goes for all endings here.
    pub async fn end_by_sid(&self, sid: &str) -> Result<Over, Error> {
        self.ended.end_sid(sid, self.clock.now());
        let over = self.live.remove_where(|session| session.claims.sid.as_deref() == Some(sid));
        if let Some(store) = &self.store {
            store.delete_by_sid(sid).await?;
        }
        Ok(Over(over))
    }

    /// Ends every session of a user that was signed in at `not_after` or earlier, in seconds since
    /// the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_by_sub(&self, sub: &str, not_after: u64) -> Result<Over, Error> {
        self.ended.end_sub(sub, not_after, self.clock.now());
        let is_meant =
            |session: &Session| session.claims.sub == sub && session.signed_in_at <= not_after;
        let mut over = Over(self.live.remove_where(is_meant));
        if let Some(store) = &self.store {
            // At the same time, because somebody waits; who is asked first answers first.
            let (stored, deleted) =
                join(store.list_by_sub(sub), store.delete_by_sub(sub, not_after)).await;
            let stored = stored.unwrap_or_default().into_iter();
            let stored = stored.filter_map(|(at, stored)| self.unsealed(at, stored));
            over.add(stored.map(|opened| opened.session).filter(|session| is_meant(session)));
            deleted?;
        }
        Ok(over)
    }

    /// Ends one session.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn end_by_id(&self, id: &SessionId) -> Result<Over, Error> {
        let now = self.clock.now();
        let live = self.live.newest(id);
        // Of one that this process does not know it is known that it was not signed in later.
        self.ended.end(id, live.map_or(now, |session| session.signed_in_at), now);
        let mut over = Over(self.live.remove(id).into_iter().collect());
        if let Some(store) = &self.store {
            let at = id.store_id();
            let (stored, deleted) = join(store.load(&at), store.delete(&at)).await;
            let stored = stored.ok().flatten().and_then(|stored| self.unsealed(at, stored));
            over.add(stored.map(|opened| opened.session).into_iter());
            deleted?;
        }
        Ok(over)
    }

    /// Revokes the refresh tokens of ended sessions at Logto, as far as it answers within two
    /// seconds: with `offline_access` they outlive the session there. What fails is logged.
    pub async fn revoke(&self, over: Over) {
        let tokens = over.0.into_iter().filter_map(|session| session.refresh_token.clone());
        let revoked = stream::iter(tokens).for_each_concurrent(AT_ONCE, |token| async move {
            if let Err(error) = self.oidc.revoke(&token).await {
                log::warn!("{NOT_REVOKED}: {error}");
            }
        });
        if tokio::time::timeout(REVOCATION, revoked).await.is_err() {
            log::warn!("{NOT_REVOKED}: no answer within 2 seconds");
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
