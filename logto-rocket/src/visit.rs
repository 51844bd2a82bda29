//! [`Visit`]: what one request has found out, and what its response has to write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rocket::Request;

use crate::error::Error;
use crate::guard::Known;
use crate::logto::Logto;
use crate::refusal::Refusal;
use crate::session::{CookieWrite, Loaded, Session};

/// Guards and routes leave here what the fairing writes: it is the one who does, after catchers
/// have had their turn, because Rocket forgets cookies that were set before.
#[derive(Default)]
pub(crate) struct Visit {
    presented: OnceLock<Result<Option<Loaded>, Error>>,
    /// The user, once a guard has asked.
    pub user: OnceLock<Known>,
    guarded: AtomicBool,
    writes: Mutex<Writes>,
}

#[derive(Default)]
pub(crate) struct Writes {
    pub session: SessionWrite,
    pub cookies: Vec<CookieWrite>,
    /// What the last of our guards said.
    pub refusal: Option<Refusal>,
}

/// What becomes of the session in the browser.
#[derive(Default)]
pub(crate) enum SessionWrite {
    /// It stays, or is written if something newer is known of it.
    #[default]
    Keep,
    /// Another one begins.
    Begin(Arc<Session>),
    /// It is deleted.
    Delete,
}

impl Writes {
    /// Whether there are cookies to write, beside those of a session that goes on.
    pub fn has_cookies(&self) -> bool {
        !matches!(self.session, SessionWrite::Keep) || !self.cookies.is_empty()
    }
}

impl Visit {
    /// The one of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// The session that the request presented, opened once.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], if sessions are in a store that does not answer.
    pub async fn presented(
        &self,
        request: &Request<'_>,
        logto: &Logto,
    ) -> Result<Option<&Loaded>, Error> {
        let presented = if let Some(presented) = self.presented.get() {
            presented
        } else {
            let loaded = logto.keeper().load(request).await;
            self.presented.get_or_init(|| loaded)
        };
        presented.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The session that was presented, if anybody has asked and it was found.
    pub fn asked(&self) -> Option<&Loaded> {
        self.presented.get()?.as_ref().ok()?.as_ref()
    }

    /// Notes that one of our guards stood before the handler, and what it said.
    pub fn guarded(&self, refusal: Option<Refusal>) {
        self.guarded.store(true, Ordering::Release);
        self.writes().refusal = refusal;
    }

    /// Notes that the response shows who is signed in.
    #[cfg(feature = "templates")]
    pub fn personal(&self) {
        self.guarded.store(true, Ordering::Release);
    }

    /// Whether nothing of ours had to do with this request.
    pub fn is_blank(&self) -> bool {
        !self.is_guarded() && self.asked().is_none() && !self.writes().has_cookies()
    }

    pub fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Acquire)
    }

    pub fn writes(&self) -> MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
