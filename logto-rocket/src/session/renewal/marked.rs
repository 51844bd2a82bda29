//! Marks: claims from before something that Logto has reported decide only after Logto has confirmed them.

use std::sync::Arc;

use crate::error::{Call, Error};
use crate::session::Sessions;
use crate::session::memory::{Concern, Freshness};
use crate::session::session::Session;

impl Sessions {
    /// A change that Logto has reported, if the session's claims may be older than it. Certain changes come before
    /// possible ones.
    pub(in crate::session) fn concern(&self, session: &Arc<Session>, now: u64) -> Option<Concern> {
        if self.memory.marks.count() == 0 {
            return None;
        }
        let mut concerns = self.memory.marks.of(session, now);
        concerns.find(|concern| !self.is_newer(session, *concern))
    }

    /// Whether the claims of a session are newer than a mark, and so are the access tokens that decide.
    fn is_newer(&self, session: &Arc<Session>, concern: Concern) -> bool {
        let (mark, registry) = (concern.mark(), &self.memory.registry);
        let entry = registry.get(&session.id);
        if entry.as_ref().is_some_and(|entry| entry.has_seen(mark)) {
            return true;
        }
        if !mark.is_known_by(session.confirmed_at) {
            return false;
        }
        match entry {
            Some(entry) => entry.was_confirmed_after(mark),
            None if session.tokens.is_empty() => {}
            None => registry.entry(session, self.clock.instant()).was_confirmed_after(mark),
        }
        true
    }

    /// The session with claims that are newer than a mark.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if Logto no longer accepts the session, or if it cannot be confirmed;
    /// [`Error::Unavailable`] if Logto does not answer and something has changed.
    pub(super) async fn confirmed_since(
        self: &Arc<Self>,
        session: &Arc<Session>,
        concern: Concern,
    ) -> Result<Arc<Session>, Error> {
        if session.refresh_token.is_none() {
            return Err(Error::SessionOver);
        }
        let since = Freshness::Since(concern.mark().number());
        if let Some(answer) = self.confirm(session, since).await {
            return answer;
        }
        match concern {
            Concern::Doubt(_) if self.settings.max_stale.is_none() => Ok(Arc::clone(session)),
            Concern::Doubt(_) => self.unconfirmed(session),
            Concern::Change(_) => Err(Error::Unavailable {
                call: Call::Token,
                why: "the user's claims are older than a change that Logto has reported".into(),
                status: None,
                retry_after: self.circuit.remaining(self.clock.instant()),
            }),
        }
    }

    /// From now on, the claims of a user's sessions must be confirmed before they decide again, because Logto
    /// reports a change. `at_logto` is the time of the change, in seconds since the Unix epoch by Logto's
    /// clock.
    pub fn changed(&self, sub: &str, at_logto: u64) {
        self.memory.marks.user(sub, at_logto, self.clock.now());
        self.memory.ended.wake(sub);
    }

    /// The same for the sessions of all users: of each within a minute.
    pub fn all_changed(&self, at_logto: u64) {
        self.memory.marks.everybody(at_logto, self.clock.now());
    }

    /// The same because something may have happened that Logto could not report. While Logto does not answer,
    /// the claims decide as without this mark.
    pub fn in_doubt(&self) {
        self.memory.marks.doubt(self.clock.now());
    }
}
