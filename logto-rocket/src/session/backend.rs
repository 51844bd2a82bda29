//! [`Backend`]: where sessions are, in the cookies of their browsers or in a store. Every difference between
//! the two is here.

use std::sync::Arc;

use rocket::Request;
use tokio::sync::Semaphore;

use super::cached_token::CachedTokens;
use super::cookie::{CookiesByHost, TooLarge};
use super::lifetimes::Lifetimes;
use super::memory::{CachedSession, Entry, Memory};
use super::secret::Secret;
use super::session::{Activity, Session, SignInOrigin};
use super::store::{
    CodeClaim, Ending, Lease, MAX_AGAIN, ObservedStore, SignInCode, StoreError, StoredSessions,
};
use crate::clock::Clock;
use crate::error::Error;
use crate::events::Events;
use crate::host::HostId;
use crate::session_id::SessionId;

/// Where sessions live.
pub(super) enum Backend {
    /// Each in the cookies of its browser.
    Cookies(CookieSessions),
    /// In a store. The browser has a secret with which its session is found.
    Store(Arc<StoredSessions>),
}

/// Sessions in cookies.
pub(super) struct CookieSessions {
    cookies: Arc<CookiesByHost>,
    memory: Arc<Memory>,
    clock: Clock,
}

/// The state of the session in the cookies of its browser.
#[derive(Clone, Copy)]
pub(super) struct BrowserCopy {
    pub generation: u64,
    /// Whether it was sealed with an older key.
    pub by_older_key: bool,
}

/// Why a session that was to begin could not be created.
pub(crate) enum NotCreated {
    TooLarge(TooLarge),
    /// [`Error::Store`].
    Store(Error),
}

impl Backend {
    /// Where sessions live: in a store, under names that begin with its owner, or in cookies.
    pub fn new(
        store: Option<(Arc<ObservedStore>, String)>,
        cookies: Arc<CookiesByHost>,
        memory: Arc<Memory>,
        lifetimes: Lifetimes,
        clock: Clock,
        events: Arc<Events>,
    ) -> Self {
        let Some((store, owner)) = store else {
            return Self::Cookies(CookieSessions { cookies, memory, clock });
        };
        Self::Store(Arc::new(StoredSessions {
            store,
            owner,
            cookies,
            memory,
            lifetimes,
            clock,
            events,
            endings: Arc::new(Semaphore::new(MAX_AGAIN)),
        }))
    }

    /// Whether other processes may renew the sessions, too.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Store(_))
    }

    /// Opens the sessions of a host that the cookies of a request contain or name, until one of them is fit.
    /// Sessions that were opened before come from memory. There are several if a sibling domain, or another
    /// path, has set a cookie of the same name, because the browser sends both.
    pub async fn open<T>(
        &self,
        request: &Request<'_>,
        host: HostId,
        fit: impl Fn(&Arc<CachedSession>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self {
            Self::Cookies(sessions) => Ok(sessions.open(request, host, fit)),
            Self::Store(sessions) => sessions.open(request, host, fit).await,
        }
    }

    /// The state of the session in the browser's cookies; `None` if sessions are in a store, where the browser has
    /// only a secret.
    pub fn browser_copy(&self, opened: &CachedSession) -> Option<BrowserCopy> {
        let copy = || BrowserCopy {
            generation: opened.session.generation,
            by_older_key: opened.by_older_key,
        };
        matches!(self, Self::Cookies(_)).then(copy)
    }

    /// Writes a loaded session back to the store in a task of its own, if anything is to be written.
    pub fn write_behind(
        &self,
        opened: &Arc<CachedSession>,
        session: &Arc<Session>,
        activity: Activity,
        now: u64,
    ) {
        if let Self::Store(sessions) = self {
            sessions.write_behind(opened, session, activity, now);
        }
    }

    /// Gives a session that begins what it needs to live there, with the access tokens of its sign-in.
    pub fn begin(
        &self,
        mut session: Session,
        tokens: CachedTokens,
        origin: Option<SignInOrigin>,
    ) -> Arc<Session> {
        match self {
            Self::Cookies(CookieSessions { memory, clock, .. }) => {
                let session = Arc::new(session);
                let entry = memory.registry.entry(&session, clock.instant());
                for (target, token) in tokens {
                    entry.add_token(target, token, clock.now());
                }
                session
            }
            Self::Store(_) => {
                session.find_by(Secret::random());
                session.tokens = tokens;
                session.origin = origin;
                Arc::new(session)
            }
        }
    }

    /// Creates a session that begins, before its browser gets it.
    pub async fn create(&self, session: &Session) -> Result<(), NotCreated> {
        match self {
            Self::Cookies(CookieSessions { cookies, .. }) => {
                cookies.of(session.host).check_size(session).map_err(NotCreated::TooLarge)
            }
            Self::Store(sessions) => sessions.create(session).await.map_err(NotCreated::Store),
        }
    }

    /// Waits until it is known who exchanges the code of a sign-in; `None` where no other process can.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn claim(&self, code: &SignInCode) -> Result<Option<CodeClaim>, Error> {
        match self {
            Self::Cookies(_) => Ok(None),
            Self::Store(sessions) => sessions.claim(code).await.map(Some),
        }
    }

    /// Leaves word of the session that a sign-in has begun, where another process may be asked for it.
    pub async fn leave_word(&self, code: &SignInCode, session: &Session) {
        if let Self::Store(sessions) = self {
            sessions.leave_word(code, session).await;
        }
    }

    /// Waits for the right to make the token requests of a session, where other processes may.
    pub async fn lease(&self, entry: &Entry) -> Result<Option<Lease>, Error> {
        match self {
            Self::Cookies(_) => Ok(None),
            Self::Store(sessions) => sessions.lease(entry).await.map(Some),
        }
    }

    /// Takes the session as a store has it, if that is newer than what is known here.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the store no longer has it, [`Error::Store`].
    pub async fn reload(&self, entry: &Entry) -> Result<(), Error> {
        match self {
            Self::Cookies(_) => Ok(()),
            Self::Store(sessions) => sessions.reload(entry).await,
        }
    }

    /// Saves the result of a token request. The response writes cookies.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the session was ended meanwhile.
    pub async fn save(&self, entry: &Entry) -> Result<(), Error> {
        match self {
            Self::Cookies(_) => Ok(()),
            Self::Store(sessions) => sessions.save(entry).await,
        }
    }

    /// Has the other processes forget the access tokens that were cleared here.
    pub fn tokens_cleared(&self, entry: &Arc<Entry>) {
        if let Self::Store(sessions) = self {
            entry.advance(|_| {});
            sessions.save_behind(entry);
        }
    }

    /// The sessions of a user, over or not.
    ///
    /// # Errors
    ///
    /// [`Error::NoSessionStore`] if sessions are in cookies, [`Error::Store`].
    pub async fn list_by_sub(&self, sub: &str) -> Result<Vec<Arc<Session>>, Error> {
        match self {
            Self::Cookies(_) => Err(Error::NoSessionStore),
            Self::Store(sessions) => Ok(sessions.list_by_sub(sub).await?),
        }
    }

    /// Deletes a session that has ended, and answers with it, if it was in a store.
    pub async fn end(&self, id: &SessionId) -> Result<Vec<Arc<Session>>, StoreError> {
        match self {
            Self::Cookies(_) => Ok(Vec::new()),
            Self::Store(sessions) => sessions.end_known(id).await,
        }
    }

    /// Deletes a session that has ended.
    pub async fn delete(&self, id: &SessionId) -> Result<(), StoreError> {
        match self {
            Self::Cookies(_) => Ok(()),
            Self::Store(sessions) => sessions.end(Ending::Session(id.clone())).await,
        }
    }

    /// Deletes the sessions with this `sid`, which have ended. A store does not say which sessions it deleted.
    pub async fn end_by_sid(&self, sid: &str) -> Result<(), StoreError> {
        match self {
            Self::Cookies(_) => Ok(()),
            Self::Store(sessions) => sessions.end(Ending::Sid(sid.to_owned())).await,
        }
    }

    /// Deletes the ended sessions of a user that were signed in at `not_after` or earlier. Returns all
    /// sessions that the user had in a store.
    pub async fn end_by_sub(
        &self,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        match self {
            Self::Cookies(_) => Ok(Vec::new()),
            Self::Store(sessions) => sessions.end_by_sub(sub, not_after).await,
        }
    }

    /// Deletes the ended sessions of a user whose sign-in Logto answered at `not_after` or earlier, by
    /// Logto's clock. Returns those that were in a store.
    pub async fn end_at_logto(
        &self,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        match self {
            Self::Cookies(_) => Ok(Vec::new()),
            Self::Store(sessions) => sessions.end_at_logto(sub, not_after).await,
        }
    }
}

impl CookieSessions {
    fn open<T>(
        &self,
        request: &Request<'_>,
        host: HostId,
        fit: impl Fn(&Arc<CachedSession>) -> Option<T>,
    ) -> Option<T> {
        let cookies = self.cookies.of(host);
        cookies.session_value(request)?;
        let text = cookies.session_text(request);
        let first = text.as_ref().and_then(|text| self.opened(text, host));
        if let Some(found) = first.as_ref().and_then(&fit) {
            return Some(found);
        }
        let mut opened = first;
        for other in cookies.all_session_texts(request) {
            if text.as_deref() == Some(other.as_str()) {
                continue;
            }
            if let Some(session) = self.opened(&other, host) {
                if let Some(found) = fit(&session) {
                    return Some(found);
                }
                opened = Some(session);
            }
        }
        self.memory.unopened.noted(opened, "a session cookie");
        None
    }

    fn opened(&self, text: &str, host: HostId) -> Option<Arc<CachedSession>> {
        if let Some(cached) = self.memory.cache.get(text, host) {
            return Some(cached);
        }
        let (session, by_older_key) = self.cookies.of(host).unseal_session(text)?;
        let cached = CachedSession::new(session, by_older_key, None, self.clock.now());
        Some(self.memory.cache.insert(text, cached))
    }
}
