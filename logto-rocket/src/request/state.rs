//! [`RequestState`]: what one request has found out, and what its response has to write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rocket::Request;

use super::current_user::CurrentUser;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::session::{CookieWrite, Loaded, Session};

/// What one request has found out, and what its response has to write.
///
/// Guards and routes note here what to write. The fairing writes it after the catchers have run,
/// because Rocket drops cookies that were set before.
#[derive(Default)]
pub(crate) struct RequestState {
    loaded: OnceLock<Result<Option<Loaded>, Error>>,
    /// The user, once a guard has loaded it.
    pub user: OnceLock<CurrentUser>,
    guarded: AtomicBool,
    writes: Mutex<Writes>,
}

#[derive(Default)]
pub(crate) struct Writes {
    pub session: SessionWrite,
    pub cookies: Vec<CookieWrite>,
    /// Why the last guard of this crate refused, if it did.
    pub refusal: Option<Refusal>,
}

/// What happens to the session in the browser.
#[derive(Default)]
pub(crate) enum SessionWrite {
    /// It stays, and is written if there is a newer state.
    #[default]
    Keep,
    /// Another one begins.
    Begin(Arc<Session>),
    /// It is deleted.
    Delete,
}

impl Writes {
    /// Whether there are cookies to write, besides those of a continuing session.
    pub fn has_cookies(&self) -> bool {
        !matches!(self.session, SessionWrite::Keep) || !self.cookies.is_empty()
    }
}

impl RequestState {
    /// The one of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    /// The session that the request presented, loaded once.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], if sessions are in a store that does not answer.
    pub async fn loaded(
        &self,
        request: &Request<'_>,
        client: &Client,
    ) -> Result<Option<&Loaded>, Error> {
        let loaded = if let Some(loaded) = self.loaded.get() {
            loaded
        } else {
            let found = client.sessions().load(request).await;
            self.loaded.get_or_init(|| found)
        };
        loaded.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The session that was loaded, if a guard or a route has asked for it and it was found.
    pub fn found(&self) -> Option<&Loaded> {
        self.loaded.get()?.as_ref().ok()?.as_ref()
    }

    /// Notes that a guard of this crate ran before the handler, and why it refused, if it did.
    pub fn guarded(&self, refusal: Option<Refusal>) {
        self.guarded.store(true, Ordering::Release);
        self.writes().refusal = refusal;
    }

    /// Records that the response depends on the signed-in user.
    #[cfg(feature = "templates")]
    pub fn personal(&self) {
        self.guarded.store(true, Ordering::Release);
    }

    /// Whether no guard and no route of this crate had to do with the request.
    pub fn is_blank(&self) -> bool {
        !self.is_guarded() && self.found().is_none() && !self.writes().has_cookies()
    }

    pub fn is_guarded(&self) -> bool {
        self.guarded.load(Ordering::Acquire)
    }

    pub fn writes(&self) -> MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
