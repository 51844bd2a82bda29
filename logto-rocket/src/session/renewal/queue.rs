//! One token request at a time for each session, in a task of its own.
//!
//! The decisions (whose turn it is, what is settled without a request, what is paused or refused) are those
//! of the state machine in `session/memory/queue.rs`. This file runs it:
//!
//! 1. A task is spawned, so that an answer is not lost if its caller is cancelled.
//! 2. It waits for the session's turn.
//! 3. If the purpose is settled by then, the task ends here. Of a thousand callers, only the first one makes
//!    the request. If no request was sent and the caller was cancelled, the task ends here as well.
//! 4. With a store, the task waits for the lease, loads the session from the store, and checks again whether
//!    the purpose is settled, because another process may have made the request.
//! 5. The task makes the request, puts the outcome into the entry, and releases the lease and then the turn.

use std::sync::{Arc, Weak};

use crate::error::{Call, Error};
use crate::session::Sessions;
use crate::session::memory::{Entry, Purpose, Settled};
use crate::task::SharedTask;

impl Sessions {
    /// Puts what the purpose needs into the entry, in a task of its own.
    pub(super) async fn request(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        purpose: Purpose,
    ) -> Result<(), Error> {
        let (sessions, entry) = (Arc::clone(self), Arc::clone(entry));
        let waiting = Arc::new(());
        let caller = Caller(Arc::downgrade(&waiting));
        let task =
            SharedTask::spawn(async move { sessions.in_turn(&entry, &purpose, &caller).await });
        let result = task.result().await;
        // Dropped only here, so that the caller counts as waiting until it has the result or is dropped.
        drop(waiting);
        result.unwrap_or_else(|| Err(unavailable("the token request was aborted")))
    }

    async fn in_turn(
        self: &Arc<Self>,
        entry: &Entry,
        purpose: &Purpose,
        caller: &Caller,
    ) -> Result<(), Error> {
        // In a box, because it is moved into the wait for the turn.
        let request = Box::pin(async {
            caller.check()?;
            match self.backend.lease(entry).await? {
                None => self.renew(entry, purpose, caller).await,
                Some(lease) => {
                    let work = async {
                        self.backend.reload(entry).await?;
                        match self.settled(entry, purpose) {
                            Some(settled) => settled,
                            None => self.renew(entry, purpose, caller).await,
                        }
                    };
                    lease.during(work).await
                }
            }
        });
        entry.in_turn(|| self.settled(entry, purpose), request).await
    }

    /// The answer, if it takes no token request.
    fn settled(&self, entry: &Entry, purpose: &Purpose) -> Option<Result<(), Error>> {
        let is_over = self.is_ended(&entry.session());
        let (now, seconds) = (self.clock.instant(), self.clock.now());
        Some(match entry.settled(purpose, is_over, now, seconds)? {
            Settled::There => Ok(()),
            Settled::Over => Err(Error::SessionOver),
            Settled::Refused(code) => Err(self.oidc.refused(Call::Token, &code)),
            Settled::Paused(wait, why) => {
                let why = format!("not asked again so soon after the last attempt: {why}");
                Err(Error::Unavailable {
                    call: Call::Token,
                    why,
                    status: None,
                    retry_after: Some(wait),
                })
            }
        })
    }
}

/// Whether a caller still waits for a token request. A caller that is cancelled or reaches its time limit no longer
/// waits.
pub(super) struct Caller(Weak<()>);

impl Caller {
    /// Whether the caller still waits. Without a waiting caller, the request is not made.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`], which no caller gets.
    pub(super) fn check(&self) -> Result<(), Error> {
        let waits = self.0.strong_count() > 0;
        if waits { Ok(()) } else { Err(unavailable("nobody waits for it any more")) }
    }
}

pub(super) fn unavailable(why: &str) -> Error {
    Error::Unavailable { call: Call::Token, why: why.into(), status: None, retry_after: None }
}
