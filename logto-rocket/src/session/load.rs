//! [`Loaded`]: the session of a request, and what is to be written of it.

use std::sync::Arc;

use rocket::Request;

use super::Sessions;
use super::backend::BrowserCopy;
use super::memory::{CachedSession, Verdict};
use super::session::{Activity, Session};
use crate::error::Error;
use crate::host::HostId;

/// A session as it was loaded for a request.
pub(crate) struct Loaded {
    /// Its newest known state.
    pub session: Arc<Session>,
    /// Whether it may have ended, so that Logto must confirm it before it is used.
    pub is_doubtful: bool,
    /// When it was loaded.
    pub at: u64,
    /// The value of [`Sessions::version`] before the session was loaded. As long as it does not change, no newer
    /// state is known.
    pub version: u64,
    /// The state in the browser's cookies, if a response may have to write them again.
    browser: Option<BrowserCopy>,
}

impl Sessions {
    /// The session that the request's cookies contain or name, if it belongs to this application and host and
    /// is not over. [`confirmed`](Self::confirmed) decides whether its claims are still valid.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], if sessions are in a store that does not answer.
    pub async fn load(
        &self,
        request: &Request<'_>,
        host: HostId,
        activity: Activity,
    ) -> Result<Option<Loaded>, Error> {
        let version = self.version();
        self.backend.open(request, host, |opened| self.usable(opened, version, activity)).await
    }

    /// The session, if it is not over.
    fn usable(
        &self,
        opened: &Arc<CachedSession>,
        version: u64,
        activity: Activity,
    ) -> Option<Loaded> {
        let at = self.clock.now();
        // A copy of a cookie is as old as its seal says, however much the session is used elsewhere.
        if self.lifetimes.is_idle(&opened.session, at) {
            return None;
        }
        let session = self.memory.registry.reconcile(&opened.session, &self.clock);
        let verdict = opened.verdict(&session, &self.memory.ended);
        if verdict == Verdict::Ended || !self.lifetimes.is_in_time(&session, at) {
            return None;
        }
        self.backend.write_behind(opened, &session, activity, at);
        let (browser, is_doubtful) =
            (self.backend.browser_copy(opened), verdict == Verdict::Doubtful);
        Some(Loaded { session, is_doubtful, at, version, browser })
    }

    /// What the response must write for the session of the request: a newer state than the browser has, or,
    /// once a minute, that the session was used. If the session is in a store, the browser needs nothing new.
    pub fn to_write(&self, loaded: &Loaded, activity: Activity) -> Option<Session> {
        let browser = loaded.browser?;
        let changed = self.version() != loaded.version;
        let newest = changed.then(|| self.memory.registry.newest(&loaded.session.id)).flatten();
        let session = newest.as_ref().unwrap_or(&loaded.session);
        let rolls = self.lifetimes.idle_timeout.is_some() && activity == Activity::Use;
        let rolling = rolls && self.lifetimes.is_unseen(session, self.clock.now());
        let due = session.generation > browser.generation || browser.by_older_key || rolling;
        if !due || !self.is_alive(session) {
            return None;
        }
        let mut session = Session::clone(session);
        session.seen(activity, self.clock.now());
        Some(session)
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
