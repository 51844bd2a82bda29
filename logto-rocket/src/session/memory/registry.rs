//! [`Registry`]: the sessions of which this process knows more than their browsers: a newer
//! generation, or access tokens.
//!
//! # Protocol
//!
//! A request that has opened a session calls [`reconcile`](Registry::reconcile) and continues with the
//! result. Usually there is no entry, and the result is the opened session. If there is an entry:
//!
//! * if the browser (or the store) has a newer state, the entry takes it;
//! * if both are the same, one copy is enough;
//! * if the entry is newer, it is the result, and the response writes it to the browser.
//!
//! The state with the higher generation is newer, with one exception. If a token request here has changed the
//! entry and the store does not have the change yet, a higher generation replaces the entry only if its
//! claims were also confirmed later. Another process that only writes when the session was last seen makes a
//! generation of the same number. Without this exception, the refresh token of our generation would be lost,
//! although Logto may accept no other.
//!
//! A task that wants a token, or new claims, gets or makes the [`entry`](Registry::entry), takes its
//! [`turn`](Entry::turn), and then may [`advance`](Entry::advance) it to the next generation. Reading
//! and reconciling take no turn. `advance` without a turn is allowed for changes that depend on nothing
//! that was read before.
//!
//! With a store, `advance` counts a change. [`to_save`](Entry::to_save) returns what must be written, and
//! [`saved`](Entry::saved) records up to which change the store has it. Both calls happen within one turn, so
//! that no two writes of one process overtake each other.
//!
//! Each change raises [`version`](Registry::version), after it was made.
//!
//! # What is remembered, and for how long
//!
//! An entry is removed some time after its last use; [`Ages`] says how long. If a token request here has
//! brought a refresh token that no browser has yet, Logto may accept no other, and the entry stays until its
//! session is over. If a browser may still send older cookies with another refresh token, the entry stays as
//! long while there is room. Each new entry causes a check of some of the oldest entries. If there is no room,
//! the least important of them is removed. No step therefore takes long, however full the registry is.

mod ages;
mod entry;
mod room;
#[cfg(test)]
mod tests;
mod tokens;

use std::time::Instant;

pub(in crate::session::memory) use self::ages::Ages;
pub(in crate::session) use self::entry::Entry;
use self::room::Room;
use crate::clock::Clock;
use crate::session::session::Session;
use crate::session_id::SessionId;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

/// The sessions that have a newer generation, or access tokens, in this process.
pub(in crate::session) struct Registry {
    entries: RwLock<Room>,
    version: Arc<AtomicU64>,
    /// Whether sessions are in a store, and with them the access tokens of all processes.
    shared: bool,
}

impl Registry {
    pub(in crate::session::memory) fn new(shared: bool, ages: Ages) -> Self {
        Self { entries: RwLock::new(Room::new(ages)), version: Arc::default(), shared }
    }

    /// A counter that increases whenever newer data of a session is known.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The newest that is known of a session that was opened for a request.
    pub fn reconcile(&self, session: &Arc<Session>, clock: &Clock) -> Arc<Session> {
        match self.get(&session.id) {
            Some(entry) => entry.reconcile(session, clock.instant()),
            None => Arc::clone(session),
        }
    }

    /// The entry of a session, made if there is none.
    pub fn entry(&self, session: &Arc<Session>, now: Instant) -> Arc<Entry> {
        if let Some(entry) = self.get(&session.id) {
            return entry;
        }
        let version = Arc::clone(&self.version);
        let entry = || Arc::new(Entry::new(session, version, self.shared, now));
        self.write().get_or_insert(&session.id, now, entry)
    }

    /// The entry of a session, if there is one.
    pub fn get(&self, id: &SessionId) -> Option<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(id)
    }

    /// The newest known state of a session.
    pub fn newest(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.get(id).map(|entry| entry.session())
    }

    /// Removes a session and returns its last state.
    pub fn remove(&self, id: &SessionId) -> Option<Arc<Session>> {
        let entry = self.write().remove(id);
        entry.map(|entry| entry.session())
    }

    /// Removes the sessions for which `which` returns `true`, and returns their last states.
    pub fn remove_where(&self, which: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner).all();
        let sessions = entries.iter().map(|entry| entry.session());
        let meant: Vec<_> = sessions.filter(|session| which(session)).collect();
        meant.into_iter().filter_map(|session| self.remove(&session.id)).collect()
    }

    fn write(&self) -> RwLockWriteGuard<'_, Room> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}
