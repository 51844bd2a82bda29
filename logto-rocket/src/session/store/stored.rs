//! Sessions in a store: the browser has a secret, the store the sealed session.

use std::sync::Arc;
use std::time::Duration;

use rocket::Request;

use crate::error::Error;
use crate::session::cached_token::{Tokens, merged};
use crate::session::memory::cache::Opened;
use crate::session::memory::registry as live;
use crate::session::secret::Secret;
use crate::session::{self, Replaced, SessionStore, StoreError, StoreId, Stored};
use crate::session::{Session, Sessions};
use crate::session_id::SessionId;

/// How often what a token request brought is tried to be written, if others write too.
const TRIES: usize = 5;

/// How long it is until a write behind a request is tried again that failed, in seconds.
const RETRY: u64 = 1;

impl Sessions {
    /// Opens the session that the browser's secret leads to.
    pub(in crate::session) async fn open_stored(
        &self,
        store: &dyn SessionStore,
        request: &Request<'_>,
    ) -> Result<Option<Arc<Opened>>, Error> {
        let Some(cookie) = request.cookies().get(self.names.session()) else { return Ok(None) };
        let known = self.opened.get(cookie.value());
        let id = match &known {
            Some(opened) => opened.session.id.clone(),
            None => match Secret::read(cookie.value()) {
                Some(secret) => secret.session_id(),
                None => return Ok(None),
            },
        };
        let before = known.as_ref().and_then(|opened| opened.stored.as_ref());
        let at = before.map_or_else(|| id.store_id(), |(at, _)| at.clone());
        let Some(stored) = store.load(&at).await? else {
            self.opened.forget(cookie.value());
            self.live.remove(&id);
            return Ok(None);
        };
        if let Some(opened) = known
            && opened.session.generation == stored.version
            && opened.stored.as_ref().is_some_and(|(_, sealed)| *sealed == stored.sealed)
        {
            return Ok(Some(opened));
        }
        let opened = self.unsealed(at, stored).filter(|opened| opened.session.id == id);
        Ok(opened.map(|opened| self.opened.insert(cookie.value(), opened)))
    }

    /// Opens what a store had under an id; `None` for anything that was not sealed for it.
    pub(in crate::session) fn unsealed(&self, at: StoreId, stored: Stored) -> Option<Opened> {
        let opened = self.vault.open(at.as_str(), &stored.sealed)?;
        let mut session = Session::from_text(&opened.text)?;
        session.generation = stored.version;
        session.tokens.shrink_to_fit();
        Some(Opened::new(session, opened.by_older_key, Some((at, stored.sealed))))
    }

    /// Puts a session that begins into the store, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn create_stored(&self, session: &Session) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let record = self.record_of(session)?;
        Ok(store.create(&session.id.store_id(), &record, self.ttl(session)).await?)
    }

    /// The sessions of a user that the store has and that are not over.
    ///
    /// # Errors
    ///
    /// [`Error::NoSessionStore`] if there is none, [`Error::Store`].
    pub async fn stored_of(&self, sub: &str) -> Result<Vec<Arc<Session>>, Error> {
        let store = self.store.as_ref().ok_or(Error::NoSessionStore)?;
        let stored = store.list_by_sub(sub).await?.into_iter();
        let opened = stored.filter_map(|(at, stored)| self.unsealed(at, stored));
        let sessions = opened.map(|opened| opened.session);
        Ok(sessions.filter(|it| it.claims.sub == sub && self.is_alive(it)).collect())
    }

    /// Deletes a session from the store, if there is one.
    pub(in crate::session) async fn delete_stored(&self, id: &SessionId) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        Ok(store.delete(&id.store_id()).await?)
    }

    /// Takes the session as the store has it, if that is newer than what is known here.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the store has it no more, [`Error::Store`].
    pub(in crate::session) async fn reload(&self, record: &live::Record) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let at = record.session().id.store_id();
        let stored = store.load(&at).await?.ok_or(Error::SessionOver)?;
        let opened = self.unsealed(at, stored).ok_or(Error::SessionOver)?;
        record.adopt(opened.session);
        Ok(())
    }

    /// Writes what a token request brought to the store, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the session was ended meanwhile. A store that does not answer is no
    /// error: the session is written when it is presented next.
    pub(in crate::session) async fn save(&self, record: &live::Record) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        match self.try_save(store.as_ref(), record).await {
            Err(Error::Store { why }) => {
                log::warn!("The session {} is written later: {why}", record.session().id);
                Ok(())
            }
            saved => saved,
        }
    }

    async fn try_save(&self, store: &dyn SessionStore, record: &live::Record) -> Result<(), Error> {
        let (mine, change) = record.to_save();
        let (at, ours) = (mine.id.store_id(), record.tokens(self.clock.now()));
        let mut next = Session { tokens: ours.clone(), ..Session::clone(&mine) };
        for _ in 0..TRIES {
            let sealed = self.record_of(&next)?;
            let before = next.generation.saturating_sub(1);
            match store.replace(&at, before, &sealed, self.ttl(&next)).await? {
                Replaced::Stored => {
                    record.saved(next, &ours, change);
                    return Ok(());
                }
                Replaced::Gone => return Err(Error::SessionOver),
                Replaced::Conflict => {
                    let stored = store.load(&at).await?.ok_or(Error::SessionOver)?;
                    let theirs = self.unsealed(at.clone(), stored).ok_or(Error::SessionOver)?;
                    next = after(&mine, &ours, &theirs.session);
                }
            }
        }
        Err(StoreError::new("others wrote the session at the same time, again and again").into())
    }

    /// Writes down, behind the request, that the session is used, what the store does not know of
    /// it yet, and what is still sealed with an older key.
    pub(in crate::session) fn keep_up(
        self: &Arc<Self>,
        opened: &Arc<Opened>,
        session: &Arc<Session>,
        now: u64,
    ) {
        let record = self.live.get(&session.id);
        let unsaved = record.as_ref().is_some_and(|record| record.is_unsaved());
        let due = unsaved || opened.by_older_key || self.is_unseen(session, now);
        if !due || !opened.claim_writing(now) {
            return;
        }
        let (sessions, opened, session) =
            (Arc::clone(self), Arc::clone(opened), Arc::clone(session));
        tokio::spawn(async move {
            let written = match record.filter(|_| unsaved) {
                Some(record) => {
                    let _turn = record.turn.lock().await;
                    // Whoever had the turn before may have done it.
                    let saved =
                        if record.is_unsaved() { sessions.save(&record).await } else { Ok(()) };
                    saved.map(|()| !record.is_unsaved())
                }
                None => sessions.rewrite(&session).await.map(|()| true),
            };
            if let Err(error) = &written {
                log::warn!("The session {} could not be written: {error}", session.id);
            }
            if written != Ok(true) {
                opened.give_up_writing(now + RETRY);
            }
        });
    }

    /// Writes what has changed here to the store, behind the request.
    pub(in crate::session) fn save_behind(self: &Arc<Self>, record: &Arc<live::Record>) {
        let (sessions, record) = (Arc::clone(self), Arc::clone(record));
        tokio::spawn(async move {
            let _turn = record.turn.lock().await;
            if let Err(error) = sessions.save(&record).await {
                log::warn!("The session {} could not be written: {error}", record.session().id);
            }
        });
    }

    /// Writes the session again as seen now. Whoever has written it meanwhile is right.
    async fn rewrite(&self, session: &Session) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let (now, live) = (self.clock.now(), self.live.get(&session.id));
        let next = Session {
            last_seen: now.max(session.last_seen),
            generation: session.generation + 1,
            tokens: live.as_ref().map_or_else(|| session.tokens.clone(), |live| live.tokens(now)),
            ..session.clone()
        };
        let (at, record) = (next.id.store_id(), self.record_of(&next)?);
        let replaced = store.replace(&at, session.generation, &record, self.ttl(&next)).await?;
        if replaced == Replaced::Stored
            && let Some(live) = live
        {
            live.adopt(Arc::new(next));
        }
        Ok(())
    }

    fn record_of(&self, session: &Session) -> Result<session::Record, Error> {
        let sealed = session
            .to_text()
            .and_then(|text| self.vault.seal(session.id.store_id().as_str(), &text))
            .ok_or_else(|| StoreError::new("the session could not be sealed"))?;
        let sid = session.claims.sid.clone();
        Ok(session::Record::new(sealed, session.claims.sub.clone(), sid, session.signed_in_at))
    }

    /// How long a store keeps the session from now on.
    fn ttl(&self, session: &Session) -> Duration {
        let over_at = session.signed_in_at.saturating_add(self.settings.max_lifetime.as_secs());
        let left = Duration::from_secs(over_at.saturating_sub(self.clock.now()).max(1));
        self.settings.idle_timeout.map_or(left, |idle| idle.min(left))
    }
}

/// What is written of a session that another process has written meanwhile: theirs, with what this
/// one has found out since the version that both began with.
fn after(mine: &Session, ours: &Tokens, theirs: &Session) -> Session {
    let newest = if theirs.confirmed_at > mine.confirmed_at { theirs } else { mine };
    Session {
        generation: theirs.generation + 1,
        last_seen: mine.last_seen.max(theirs.last_seen),
        tokens: merged(&mine.tokens, ours, theirs.tokens.clone()),
        ..newest.clone()
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store { why: error.to_string() }
    }
}
