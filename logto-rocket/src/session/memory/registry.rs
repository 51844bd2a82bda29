//! [`Registry`]: the sessions of which this process knows more than their browsers: a newer
//! generation, or access tokens.
//!
//! # Protocol
//!
//! A request that has opened a session calls [`reconcile`](Registry::reconcile) and goes on with what
//! that returns. Without an entry, which is the usual case, that is what it opened. With one:
//!
//! * what the browser (or the store) has is newer: the entry takes it;
//! * it is the same: one copy of it is enough;
//! * the entry is newer: it is the answer, and the response writes it to the browser.
//!
//! Newer is the higher generation. There is one exception: what a token request here has brought and
//! the store does not have yet is not given up for a higher generation that does not also have later
//! confirmed claims. Another process that only writes when the session was seen makes a generation of
//! the same number, and with ours would go a refresh token that Logto may honour alone.
//!
//! A task that wants a token, or new claims, gets or makes the [`entry`](Registry::entry), takes its
//! [`turn`](Entry::turn), and then may [`advance`](Entry::advance) it to the next generation. Reading
//! and reconciling take no turn. `advance` without a turn is allowed for changes that depend on nothing
//! that was read before.
//!
//! With a store, `advance` counts a change, [`to_save`](Entry::to_save) says what is to be written and
//! [`saved`](Entry::saved) up to which change it was. Both happen within one turn, so that no two
//! writes of one process pass each other.
//!
//! Each change raises [`version`](Registry::version), after it was made.
//!
//! # What is remembered, and for how long
//!
//! An entry is forgotten some time after its last use: how long, says [`Ages`]. One that holds a refresh
//! token which Logto may honour alone, because it came from a token request here and no browser has it
//! yet, stays until its session is over; so does, while there is room, one whose refresh token is not that
//! of older cookies, which a browser may still send. Each new entry has some of the oldest looked at, and where there
//! is no room the one of them goes that is missed least. So no step takes long, however full it is.

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
