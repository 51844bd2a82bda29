//! How sessions that have ended are deleted from the store. A deletion is repeated until the store confirms
//! it.
//!
//! Before the deletion, the process notes the ending in `session/memory/ended`, so that it never accepts the
//! session again, whatever the store returns. A deletion that is not certain is repeated in the background,
//! in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use rocket::futures::future::join;
use rocket::futures::{StreamExt, TryStreamExt, stream};

use super::{MAX_AGAIN, StoredSessions};
use crate::error::Error;
use crate::events::Event;
use crate::session::session::Session;
use crate::session::store::ending::Ending;
use crate::session::store::{SessionStore, StoreError};
use crate::session_id::SessionId;

/// How many sessions are deleted at once.
const AT_ONCE: usize = 8;

/// How long after the end of all sessions of a user a sign-in that was in progress may still store its session, if
/// Logto answers in the usual time.
const UNDER_WAY: Duration = Duration::from_secs(30);

/// After how long a failed deletion is repeated: twice as long each time, up to a minute.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const LAST_BACKOFF: Duration = Duration::from_secs(60);

impl StoredSessions {
    /// Ends a session, and answers with it.
    pub async fn end_known(
        self: &Arc<Self>,
        id: &SessionId,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        // At the same time, because a user waits; what is asked first is answered first.
        let (stored, ended) = join(self.load(id), self.end(Ending::Session(id.clone()))).await;
        ended?;
        Ok(stored.ok().flatten().into_iter().collect())
    }

    /// Ends the sessions of a user that were signed in at `not_after` or earlier, and returns all that the
    /// user had.
    pub async fn end_by_sub(
        self: &Arc<Self>,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let ending = Ending::Sub(sub.to_owned(), not_after);
        self.once_more_behind({
            let (sessions, ending) = (Arc::clone(self), ending.clone());
            async move { sessions.end(ending).await }
        });
        let (stored, ended) = join(self.list_by_sub(sub), self.end(ending)).await;
        ended?;
        Ok(stored.unwrap_or_default())
    }

    /// Ends sessions once more, some time later, because another process may have been about to store a
    /// session that must end too.
    fn once_more_behind(
        self: &Arc<Self>,
        end: impl Future<Output = Result<(), StoreError>> + Send + 'static,
    ) {
        let Ok(place) = Arc::clone(&self.endings).try_acquire_owned() else { return };
        let clock = self.clock.clone();
        tokio::spawn(async move {
            let _place = place;
            clock.sleep(UNDER_WAY).await;
            // What fails is reported, and tried again.
            let _ = end.await;
        });
    }

    /// Ends the sessions of a user whose sign-in Logto answered at `not_after` or earlier, by Logto's clock,
    /// and returns them.
    ///
    /// The store knows sign-ins by the clock of this server. No ID token is accepted that is from the future
    /// by more than `clock_skew`, so a sign-in that is older than `not_after` by more than that ends whatever
    /// the clocks say, even if its record cannot be decrypted. For any other sign-in, its record decides.
    pub async fn end_at_logto(
        self: &Arc<Self>,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        self.once_more_behind({
            let (sessions, sub) = (Arc::clone(self), sub.to_owned());
            async move { sessions.end_reported(&sub, not_after).await.map(drop) }
        });
        self.end_reported(sub, not_after).await
    }

    async fn end_reported(
        self: &Arc<Self>,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let surely = not_after.saturating_sub(self.lifetimes.clock_skew.as_secs());
        let ending = self.end(Ending::Sub(sub.to_owned(), surely));
        let (stored, ended) = join(self.list_by_sub(sub), ending).await;
        ended?;
        let mut meant = stored?;
        meant.retain(|session| session.claims.sub == sub && session.issued_at <= not_after);
        let left = meant.iter().filter(|session| session.signed_in_at > surely);
        let left: Vec<_> = left.map(|session| Ending::Session(session.id.clone())).collect();
        let endings = stream::iter(left).map(|ending| self.end(ending));
        endings.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(meant)
    }

    /// Deletes sessions that have ended. What is not certain is reported and tried again behind.
    ///
    /// # Errors
    ///
    /// If they are not deleted. If they are and may only come back, that is no error.
    pub async fn end(self: &Arc<Self>, ending: Ending) -> Result<(), StoreError> {
        let Err(error) = self.delete(&ending).await else { return Ok(()) };
        let (session, sid, sub) = ending.names();
        let why = Error::from(error.clone());
        self.events.emit(&Event::EndingNotConfirmed { session, sid, sub, error: why });
        self.end_again_behind(ending);
        if error.is_unconfirmed() { Ok(()) } else { Err(error) }
    }

    async fn delete(&self, ending: &Ending) -> Result<(), StoreError> {
        match ending {
            Ending::Session(id) => self.store.delete(&id.store_id()).await,
            Ending::Sid(sid) => self.store.delete_by_sid(&self.named(sid)).await,
            Ending::Sub(sub, not_after) => {
                self.store.delete_by_sub(&self.named(sub), *not_after).await
            }
        }
    }

    /// Deletes them again until that is certain, or none of them could live any more.
    fn end_again_behind(self: &Arc<Self>, ending: Ending) {
        let Ok(place) = Arc::clone(&self.endings).try_acquire_owned() else {
            log::error!("{ending} is not repeated, because {MAX_AGAIN} others already are.");
            return;
        };
        let (sessions, begun) = (Arc::clone(self), self.clock.now());
        tokio::spawn(async move {
            let _place = place;
            let mut wait = FIRST_BACKOFF;
            loop {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LAST_BACKOFF);
                if sessions.delete(&ending).await.is_ok() {
                    log::info!("{ending} is confirmed by the store.");
                    return;
                }
                let age = sessions.clock.now().saturating_sub(begun);
                if age >= sessions.lifetimes.max_lifetime.as_secs() {
                    return;
                }
            }
        });
    }
}
