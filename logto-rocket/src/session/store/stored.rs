//! [`StoredSessions`]: the store of sessions. The browser has a secret, the store the sealed session.
//!
//! A record's version is the session's generation. `save` writes what changes here, and `end` deletes what
//! has ended.

mod end;
mod save;

use std::sync::Arc;
use std::time::Duration;

use rocket::Request;
use tokio::sync::Semaphore;

use super::lease::Lease;
use super::{ObservedStore, Record, SessionStore, StoreError, StoreId, Stored};
use crate::clock::Clock;
use crate::error::Error;
use crate::events::Events;
use crate::host::HostId;
use crate::session::cookie::{Cookies, CookiesByHost, SealedAs};
use crate::session::lifetimes::Lifetimes;
use crate::session::memory::{CachedSession, Entry, Memory};
use crate::session::secret::Secret;
use crate::session::session::Session;
use crate::session_id::SessionId;

/// For how long a store that was late is asked neither for a lease of the same session nor to write it.
const LATE_BACKOFF: Duration = Duration::from_secs(3);

/// How many endings that are not certain are tried again at once, at most.
pub(in crate::session) const MAX_AGAIN: usize = 10_000;

/// The sessions in a store.
pub(in crate::session) struct StoredSessions {
    pub store: Arc<ObservedStore>,
    /// The prefix, in the store, of the names of users and of their sessions at Logto. It identifies this
    /// application at this Logto.
    pub owner: String,
    pub cookies: Arc<CookiesByHost>,
    pub memory: Arc<Memory>,
    pub lifetimes: Lifetimes,
    pub clock: Clock,
    pub events: Arc<Events>,
    /// One for each ending that is tried again.
    pub endings: Arc<Semaphore>,
}

impl StoredSessions {
    /// Opens the sessions of a host that the browser's secrets lead to, until one of them is fit.
    pub async fn open<T>(
        &self,
        request: &Request<'_>,
        host: HostId,
        fit: impl Fn(&Arc<CachedSession>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let cookies = self.cookies.of(host);
        let Some(first) = cookies.session_value(request) else { return Ok(None) };
        if let Some(found) = self.open_by(first, host).await?.as_ref().and_then(&fit) {
            return Ok(Some(found));
        }
        for other in cookies.all_session_values(request) {
            if other != first
                && let Some(found) = self.open_by(other, host).await?.as_ref().and_then(&fit)
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Opens the session that a secret leads to.
    async fn open_by(
        &self,
        value: &str,
        host: HostId,
    ) -> Result<Option<Arc<CachedSession>>, Error> {
        let cached = self.memory.cache.get(value, host);
        let id = match &cached {
            Some(cached) => cached.session.id.clone(),
            None => match Secret::read(value) {
                Some(secret) => secret.session_id(),
                None => return Ok(None),
            },
        };
        let before = cached.as_ref().and_then(|cached| cached.stored.as_ref());
        let at = before.map_or_else(|| id.store_id(), |(at, _)| at.clone());
        let Some(stored) = self.store.load(&at).await? else {
            self.memory.cache.forget(value);
            self.memory.registry.remove(&id);
            return Ok(None);
        };
        if let Some(cached) = cached
            && cached.session.generation == stored.version
            && cached.stored.as_ref().is_some_and(|(_, sealed)| *sealed == stored.sealed)
        {
            return Ok(Some(cached));
        }
        let opened = self.unseal(at, stored, Some(host)).filter(|opened| opened.session.id == id);
        Ok(opened.map(|opened| self.memory.cache.insert(value, opened)))
    }

    /// Puts a session that begins into the store.
    pub async fn create(&self, session: &Session) -> Result<(), Error> {
        let record = self.record_of(session)?;
        let ttl = self.lifetimes.ttl(session, self.clock.now());
        Ok(self.store.create(&session.id.store_id(), &record, ttl).await?)
    }

    /// The sessions of a user that the store has, over or not.
    pub async fn list_by_sub(&self, sub: &str) -> Result<Vec<Arc<Session>>, StoreError> {
        let stored = self.store.list_by_sub(&self.named(sub)).await?.into_iter();
        let opened = stored.filter_map(|(at, stored)| self.unseal(at, stored, None));
        Ok(opened.map(|opened| opened.session).collect())
    }

    /// The session with this id, if the store has it.
    pub async fn load(&self, id: &SessionId) -> Result<Option<Arc<Session>>, StoreError> {
        let at = id.store_id();
        let stored = self.store.load(&at).await?;
        Ok(stored.and_then(|stored| self.unseal(at, stored, None)).map(|opened| opened.session))
    }

    /// Loads the session from the store, if it is newer than the one in this process.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the store has it no more, [`Error::Store`].
    pub async fn reload(&self, entry: &Entry) -> Result<(), Error> {
        let stored = self.load(&entry.session().id).await;
        let stored = stored.map_err(|error| self.failed(entry, error))?;
        entry.adopt(stored.ok_or(Error::SessionOver)?);
        Ok(())
    }

    /// Waits for the lease of a session, unless the store was late a moment ago.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn lease(&self, entry: &Entry) -> Result<Lease, Error> {
        self.may_ask(entry)?;
        let lease = Lease::wait(Arc::clone(&self.store), entry.session().id.store_id()).await;
        lease.map_err(|error| self.failed(entry, error))
    }

    /// Fails for a moment after a late call, so that the store is not asked for a lease of the session, and
    /// the session is not written. One request may need several tokens, and would wait for each.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    fn may_ask(&self, entry: &Entry) -> Result<(), Error> {
        let why = entry.store_failure(self.clock.instant());
        why.map_or(Ok(()), |why| {
            let why = format!("not asked again so soon after the last attempt: {why}");
            Err(StoreError::new(why).into())
        })
    }

    /// Notes for a moment that a call for the session was late.
    fn failed(&self, entry: &Entry, error: StoreError) -> Error {
        if error.is_late() {
            log::warn!(
                "The store is not asked for the session {} for {} seconds: {error}",
                entry.session().id,
                LATE_BACKOFF.as_secs()
            );
            entry.store_failed(self.clock.instant() + LATE_BACKOFF, error.to_string());
        }
        error.into()
    }

    /// Decrypts what the store has under an id, for one host, or, if no browser presents it, for any host.
    /// `None` if it was not encrypted for this id and host.
    fn unseal(&self, at: StoreId, stored: Stored, host: Option<HostId>) -> Option<CachedSession> {
        let hosts = self.cookies.each().map(Cookies::host);
        let mut hosts = hosts.filter(|of| host.is_none_or(|host| host == *of));
        let opened = hosts.find_map(|host| {
            let vault = self.cookies.of(host).vault();
            Some((host, vault.open(SealedAs::Record, at.as_str(), &stored.sealed)?))
        });
        let (host, unsealed) = self.memory.unopened.noted(opened, "a session in the store")?;
        let mut session = Session { host, ..Session::from_text(&unsealed.text)? };
        session.generation = stored.version;
        session.tokens.shrink_to_fit();
        let record = Some((at, stored.sealed));
        Some(CachedSession::new(session, unsealed.by_older_key, record, self.clock.now()))
    }

    fn record_of(&self, session: &Session) -> Result<Record, Error> {
        let sealed = session
            .to_text()
            .and_then(|text| {
                let vault = self.cookies.of(session.host).vault();
                vault.seal(SealedAs::Record, session.id.store_id().as_str(), &text)
            })
            .ok_or_else(|| StoreError::new("the session could not be encrypted"))?;
        let claims = &session.claims;
        let sid = claims.sid.as_deref().map(|sid| self.named(sid));
        Ok(Record::new(sealed, self.named(&claims.sub), sid, session.signed_in_at))
    }

    /// The name of a user, or of a session at Logto, in the store.
    pub(in crate::session) fn named(&self, name: &str) -> String {
        format!("{}:{name}", self.owner)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store { why: error.to_string() }
    }
}
