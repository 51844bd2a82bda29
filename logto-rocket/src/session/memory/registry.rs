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

mod entry;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::HashMap;
use std::time::Instant;

pub(in crate::session) use self::entry::Entry;
use crate::clock::Clock;
use crate::session::session::Session;
use crate::session_id::SessionId;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

/// The maximum number of remembered sessions.
const MAX_ENTRIES: usize = 10_000;

type Entries = HashMap<SessionId, Arc<Entry>>;

/// The sessions that have a newer generation, or access tokens, in this process.
pub(in crate::session) struct Registry {
    entries: RwLock<Entries>,
    version: Arc<AtomicU64>,
    /// Whether sessions are in a store, and with them the access tokens of all processes.
    shared: bool,
}

impl Registry {
    pub fn new(shared: bool) -> Self {
        Self { entries: RwLock::default(), version: Arc::default(), shared }
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
        let mut entries = self.write();
        if entries.len() >= MAX_ENTRIES && !entries.contains_key(&session.id) {
            make_room(&mut entries);
        }
        let entry = entries.entry(session.id.clone());
        Arc::clone(entry.or_insert_with(|| {
            Arc::new(Entry::new(session, Arc::clone(&self.version), self.shared, now))
        }))
    }

    /// The entry of a session, if there is one.
    pub fn get(&self, id: &SessionId) -> Option<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
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
        let mut removed = Vec::new();
        self.write().retain(|_, entry| {
            let session = entry.session();
            let stays = !which(&session);
            if !stays {
                removed.push(session);
            }
            stays
        });
        removed
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a tenth of the entries, longest unused first. Those whose newest generation no browser has
/// sent go only if there is nothing else: with them goes a refresh token that Logto may honour alone.
fn make_room(entries: &mut Entries) {
    let idle = entries.iter().filter(|(_, entry)| Arc::strong_count(entry) == 1);
    let mut order: Vec<_> = idle
        .map(|(id, entry)| {
            let (unseen, used) = entry.rank();
            (unseen, used, id.clone())
        })
        .collect();
    order.sort();
    let seen = order.iter().take_while(|(unseen, ..)| !unseen).count();
    order.truncate(if seen > 0 { seen.min(MAX_ENTRIES / 10) } else { MAX_ENTRIES / 10 });
    if seen == 0 && !order.is_empty() {
        log::warn!(
            "{} sessions had to be forgotten whose browsers have not yet seen their newest tokens; \
             they may have to sign in again.",
            order.len()
        );
    }
    for (_, _, id) in order {
        entries.remove(&id);
    }
}
