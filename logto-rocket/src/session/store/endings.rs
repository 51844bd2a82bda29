//! [`Ending`]: what is to be deleted from a store, until that is certain.
//!
//! Before it is deleted, the process notes the ending in `session/memory/ended`, so that it never accepts
//! the session again, whatever the store brings back. What is not certain in the store is deleted again
//! behind the request, in a task of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::StoreError;
use super::deadline::in_time;
use super::stored::StoredSessions;
use crate::error::Error;
use crate::events::Event;
use crate::session_id::SessionId;

/// How many endings that are not certain are tried again at once, at most.
const MAX_AGAIN: usize = 10_000;

/// How long it is until one is tried again: twice as long each time, up to a minute.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
const LAST_BACKOFF: Duration = Duration::from_secs(60);

/// Which sessions have ended.
#[derive(Clone, Debug)]
pub(in crate::session) enum Ending {
    /// One.
    Session(SessionId),
    /// Those of a session at Logto.
    Sid(String),
    /// Those of a user that were signed in by then.
    Sub(String, u64),
}

impl StoredSessions {
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
            Ending::Session(id) => in_time(self.store.delete(&id.store_id())).await,
            Ending::Sid(sid) => in_time(self.store.delete_by_sid(&self.named(sid))).await,
            Ending::Sub(sub, not_after) => {
                in_time(self.store.delete_by_sub(&self.named(sub), *not_after)).await
            }
        }
    }

    /// Deletes them again until that is certain, or none of them could live any more.
    fn end_again_behind(self: &Arc<Self>, ending: Ending) {
        let Ok(place) = Arc::clone(&self.endings).try_acquire_owned() else {
            log::error!("{ending} is not tried again: {MAX_AGAIN} others are.");
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

/// The places of endings that are tried again.
pub(in crate::session) fn places() -> Arc<tokio::sync::Semaphore> {
    Arc::new(tokio::sync::Semaphore::new(MAX_AGAIN))
}

impl Ending {
    /// The session, the session at Logto, and the user that it names.
    fn names(&self) -> (Option<SessionId>, Option<String>, Option<String>) {
        match self {
            Self::Session(id) => (Some(id.clone()), None, None),
            Self::Sid(sid) => (None, Some(sid.clone()), None),
            Self::Sub(sub, _) => (None, None, Some(sub.clone())),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(id) => write!(f, "The end of the session {id}"),
            Self::Sid(sid) => write!(f, "The end of the sessions of {sid} at Logto"),
            Self::Sub(sub, _) => write!(f, "The end of all sessions of {sub}"),
        }
    }
}
