//! [`Presented`]: the session that a request presents, and what is to be written of it.

use std::sync::Arc;

use rocket::Request;

use super::{Session, Sessions, Verdict};
use crate::error::Error;

/// A session as a request presented it.
pub(crate) struct Presented {
    /// The newest that is known of it.
    pub session: Arc<Session>,
    /// Whether it may have ended, so that it counts only once Logto has confirmed it.
    pub is_doubtful: bool,
    /// When it was presented.
    pub at: u64,
    /// What [`Sessions::version`] was before: as long as it stays, nothing newer is known.
    pub version: u64,
    /// The generation that the browser has.
    generation: u64,
    /// Whether it was sealed with an older key.
    by_older_key: bool,
}

impl Sessions {
    /// The session that the request presents, if it is one of ours and not over. Whether its claims
    /// are still to be believed is another question; see [`confirmed`](Self::confirmed).
    ///
    /// # Errors
    ///
    /// [`Error::Store`], if sessions are in a store that does not answer.
    pub async fn load(self: &Arc<Self>, request: &Request<'_>) -> Result<Option<Presented>, Error> {
        let version = self.version();
        let opened = match &self.store {
            None => self.open_cookies(request),
            Some(store) => self.open_stored(store.as_ref(), request).await?,
        };
        let Some(opened) = opened else { return Ok(None) };
        let at = self.clock.now();
        // A copy of a cookie is as old as its seal says, however much the session is used elsewhere.
        if self.is_idle(&opened.session, at) {
            return Ok(None);
        }
        let session = self.live.meet(&opened.session, &self.clock);
        let verdict = opened.verdict(&session, &self.ended);
        if verdict == Verdict::Ended || !self.is_in_time(&session, at) {
            return Ok(None);
        }
        if self.store.is_some() {
            self.keep_up(&opened, &session, at);
        }
        let (generation, by_older_key) = (opened.session.generation, opened.by_older_key);
        let is_doubtful = verdict == Verdict::Doubtful;
        Ok(Some(Presented { session, is_doubtful, at, version, generation, by_older_key }))
    }

    /// What the response should write of the session that the request presented: something newer
    /// than the browser has, or, once a minute, that it was seen. Of a session in a store the browser
    /// has all that it ever gets.
    pub fn due(&self, presented: &Presented) -> Option<Session> {
        if self.store.is_some() {
            return None;
        }
        let changed = self.version() != presented.version;
        let newest = changed.then(|| self.live.newest(&presented.session.id)).flatten();
        let session = newest.as_ref().unwrap_or(&presented.session);
        let rolls = self.settings.idle_timeout.is_some();
        let rolling = rolls && self.is_unseen(session, self.clock.now());
        let due = session.generation > presented.generation || presented.by_older_key || rolling;
        if !due || !self.is_alive(session) {
            return None;
        }
        let last_seen = self.clock.now().max(session.last_seen);
        Some(Session { last_seen, ..Session::clone(session) })
    }
}
