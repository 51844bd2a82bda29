//! How sessions are written to the store.
//!
//! Changes are written by comparing and replacing. If another process wrote first, the changes of both are
//! merged ([`after`]). All writes of one process that depend on its registry are made in the session's turn.

use std::sync::Arc;

use super::StoredSessions;
use crate::error::Error;
use crate::session::cached_token::{CachedTokens, merged};
use crate::session::memory::{CachedSession, Entry};
use crate::session::session::{Activity, Session};
use crate::session::store::{Replaced, SessionStore, StoreError};

/// How often a write is tried, if other processes write the same session at the same time.
const TRIES: usize = 5;

/// After how many seconds a failed write in the background is repeated.
const RETRY_BACKOFF: u64 = 1;

impl StoredSessions {
    /// Writes the result of a token request to the store, in the session's turn.
    ///
    /// # Errors
    ///
    /// [`Error::SessionOver`] if the session was ended meanwhile. A store that does not answer causes no
    /// error: the session is written at its next request.
    pub async fn save(&self, entry: &Entry) -> Result<(), Error> {
        let saved = match self.may_ask(entry) {
            Ok(()) => self.try_save(entry).await,
            late => late,
        };
        match saved {
            Err(Error::Store { why }) => {
                log::warn!(
                    "The session {} could not be written and will be written later: {why}",
                    entry.session().id
                );
                Ok(())
            }
            saved => saved,
        }
    }

    /// Writes what has changed here to the store, behind the request.
    pub fn save_behind(self: &Arc<Self>, entry: &Arc<Entry>) {
        let (sessions, entry) = (Arc::clone(self), Arc::clone(entry));
        tokio::spawn(async move {
            let _turn = entry.turn().await;
            if let Err(error) = sessions.save(&entry).await {
                log::warn!("The session {} could not be written: {error}", entry.session().id);
            }
        });
    }

    /// Writes the session in the background, if the store does not have its newest state, if it is sealed
    /// with an older key, or if it is used and was not written for a while.
    pub fn write_behind(
        self: &Arc<Self>,
        cached: &Arc<CachedSession>,
        session: &Arc<Session>,
        activity: Activity,
        now: u64,
    ) {
        let entry = self.memory.registry.get(&session.id);
        let unsaved = entry.as_ref().is_some_and(|entry| entry.is_unsaved());
        let unseen = activity == Activity::Use && self.lifetimes.is_unseen(session, now);
        let due = unsaved || cached.by_older_key || unseen;
        if !due || !cached.claim_writing(now) {
            return;
        }
        let (sessions, cached, session) =
            (Arc::clone(self), Arc::clone(cached), Arc::clone(session));
        tokio::spawn(async move {
            let written = match entry.filter(|_| unsaved) {
                Some(entry) => {
                    let _turn = entry.turn().await;
                    // The holder of the turn before may have done it.
                    let saved =
                        if entry.is_unsaved() { sessions.save(&entry).await } else { Ok(()) };
                    saved.map(|()| !entry.is_unsaved())
                }
                None => sessions.rewrite(&session, activity).await.map(|()| true),
            };
            if let Err(error) = &written {
                log::warn!("The session {} could not be written: {error}", session.id);
            }
            if written != Ok(true) {
                cached.give_up_writing(now + RETRY_BACKOFF);
            }
        });
    }

    async fn try_save(&self, entry: &Entry) -> Result<(), Error> {
        let (mine, change) = entry.to_save();
        let (at, ours) = (mine.id.store_id(), entry.tokens(self.clock.now()));
        let mut next = Session { tokens: ours.clone(), ..Session::clone(&mine) };
        for _ in 0..TRIES {
            let record = self.record_of(&next)?;
            let before = next.generation.saturating_sub(1);
            let ttl = self.lifetimes.ttl(&next, self.clock.now());
            let replaced = self.store.replace(&at, before, &record, ttl).await;
            match replaced.map_err(|error| self.failed(entry, error))? {
                Replaced::Stored => {
                    entry.saved(next, &ours, change);
                    return Ok(());
                }
                Replaced::Gone => return Err(Error::SessionOver),
                Replaced::Conflict => {
                    let theirs = self.load(&mine.id).await;
                    let theirs = theirs.map_err(|error| self.failed(entry, error))?;
                    next = after(&mine, &ours, theirs.ok_or(Error::SessionOver)?.as_ref());
                }
            }
        }
        Err(StoreError::new("other processes wrote the session at the same time in each attempt")
            .into())
    }

    /// Writes the session again, as seen now if it is used. If another process has written it meanwhile, that stays.
    async fn rewrite(&self, session: &Session, activity: Activity) -> Result<(), Error> {
        let (now, entry) = (self.clock.now(), self.memory.registry.get(&session.id));
        let tokens = entry.as_ref().map_or_else(|| session.tokens.clone(), |it| it.tokens(now));
        let mut next = Session { generation: session.generation + 1, tokens, ..session.clone() };
        next.seen(activity, now);
        let (at, record) = (next.id.store_id(), self.record_of(&next)?);
        let ttl = self.lifetimes.ttl(&next, self.clock.now());
        let replaced = self.store.replace(&at, session.generation, &record, ttl).await?;
        if replaced == Replaced::Stored
            && let Some(entry) = entry
        {
            entry.adopt(Arc::new(next));
        }
        Ok(())
    }
}

/// Merges a session that another process has written meanwhile: its version, with the changes of
/// this process since their common version.
fn after(mine: &Session, ours: &CachedTokens, theirs: &Session) -> Session {
    let newest = if theirs.confirmed_at > mine.confirmed_at { theirs } else { mine };
    Session {
        generation: theirs.generation + 1,
        last_seen: mine.last_seen.max(theirs.last_seen),
        marks: mine.marks.max(theirs.marks),
        tokens: merged(&mine.tokens, ours, theirs.tokens.clone()),
        values: mine.values.clone().or_else(|| theirs.values.clone()),
        ..newest.clone()
    }
}
