//! [`EndedSessions`]: the sessions that ended before they expired, even if a browser still has their cookie.

mod by;
#[cfg(test)]
mod tests;
mod watchers;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use self::by::By;
pub(in crate::session) use self::watchers::Watch;
use self::watchers::Watchers;
use crate::session::session::Session;
use crate::session_id::SessionId;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The maximum number of individually remembered endings.
const MAX_ENDED: usize = 100_000;

/// The additional time, in seconds, for which an ending is remembered after the session's lifetime:
/// clocks differ, and a sign-in in progress may still create a session that has ended.
const MARGIN: u64 = 3600 + 600;

/// The maximum number of outdated endings that are removed whenever an ending is added, so that adding one is
/// fast however many are outdated.
const REMOVED_AT_ONCE: usize = 16;

/// The sessions that ended before they expired. An ending names one session by its id, the sessions with a
/// `sid` of Logto's, or the sessions of a user who signed in at a certain time or earlier.
///
/// Each ending is remembered until the session would have expired anyway. None is forgotten for lack of room. If
/// there are too many, the oldest are merged into one time, and a session whose sign-in was before this time is
/// accepted only after Logto has confirmed it.
pub(in crate::session) struct EndedSessions {
    endings: RwLock<Endings>,
    version: AtomicU64,
    watchers: Watchers,
    capacity: usize,
    remembered_for: u64,
}

/// What is known of a session's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Verdict {
    /// It has not ended.
    Alive,
    /// It has.
    Ended,
    /// It may have ended. It is accepted after Logto has confirmed it.
    Doubtful,
}

#[derive(Default)]
struct Endings {
    by_id: ByName,
    by_sid: ByName,
    by_sub: ByName,
    by_sub_at_logto: ByName,
    /// All endings, in the order of the sign-ins that they concern, oldest first.
    order: BTreeSet<Ending>,
    merged: Merged,
    /// The endings that are merged but not yet removed.
    to_remove: BTreeSet<Ending>,
}

/// The latest time of a sign-in whose session this ending ends, and what it names.
type Ending = (u64, By, Arc<str>);

/// For each name, the latest time of a sign-in whose session this ends.
type ByName = HashMap<Arc<str>, u64>;

/// The endings that are no longer remembered individually.
#[derive(Clone, Copy, Default)]
struct Merged {
    /// They concern sessions whose sign-in was before this time.
    before: u64,
    /// When they were merged. A confirmation after this time takes all of them into account.
    at: u64,
}

impl EndedSessions {
    /// Creates a register for sessions with this maximum lifetime.
    pub fn new(max_lifetime: Duration) -> Self {
        Self::with_capacity(max_lifetime, MAX_ENDED)
    }

    fn with_capacity(max_lifetime: Duration, capacity: usize) -> Self {
        Self {
            endings: RwLock::default(),
            version: AtomicU64::new(0),
            watchers: Watchers::default(),
            capacity,
            remembered_for: max_lifetime.as_secs().saturating_add(MARGIN),
        }
    }

    /// Ends the session that was signed in at `signed_in_at`.
    pub fn end(&self, id: &SessionId, signed_in_at: u64, now: u64) {
        self.note(By::Id, id.as_str(), signed_in_at, now);
    }

    /// Ends every session with this `sid`.
    pub fn end_sid(&self, sid: &str, now: u64) {
        self.note(By::Sid, sid, now, now);
    }

    /// Ends every session of a user that was signed in at `not_after` or earlier.
    pub fn end_sub(&self, sub: &str, not_after: u64, now: u64) {
        self.note(By::Sub, sub, not_after, now);
    }

    /// Ends every session of a user whose sign-in Logto answered at `not_after` or earlier, by its own
    /// clock.
    pub fn end_sub_at_logto(&self, sub: &str, not_after: u64, now: u64) {
        self.note(By::SubAtLogto, sub, not_after, now);
    }

    /// The number of endings so far. While it does not change, every verdict [`Alive`](Verdict::Alive) stays
    /// true, if the version was read before the verdict.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether this session has ended.
    pub fn verdict(&self, session: &Session) -> Verdict {
        if self.version() == 0 {
            return Verdict::Alive;
        }
        let endings = self.read();
        let at = session.signed_in_at;
        let ended_by_sid =
            || session.claims.sid.as_ref().is_some_and(|sid| endings.by_sid.contains_key(&**sid));
        let up_to = |by_sub: &ByName, at: u64| {
            by_sub.get(&*session.claims.sub).is_some_and(|not_after| at <= *not_after)
        };
        let ended_by_sub =
            || up_to(&endings.by_sub, at) || up_to(&endings.by_sub_at_logto, session.issued_at);
        if endings.by_id.contains_key(session.id.as_str()) || ended_by_sid() || ended_by_sub() {
            return Verdict::Ended;
        }
        let Merged { before, at: merged_at } = endings.merged;
        // The time of an ending may be by either clock.
        if at.min(session.issued_at) < before && session.confirmed_at <= merged_at {
            return Verdict::Doubtful;
        }
        Verdict::Alive
    }

    fn note(&self, by: By, name: &str, until: u64, now: u64) {
        let mut endings = self.write();
        for _ in 0..REMOVED_AT_ONCE {
            if endings.oldest().is_some_and(|at| now.saturating_sub(at) >= self.remembered_for) {
                endings.pop_oldest();
            }
            endings.pop_merged();
        }
        if endings.order.len() >= self.capacity {
            endings.merge(self.capacity.div_ceil(10), now);
        }
        endings.insert(by, name, until);
        // Raised before the lock is released: a reader of the new version waits for the new endings.
        self.version.fetch_add(1, Ordering::Release);
        drop(endings);
        self.watchers.wake(if by == By::SubAtLogto { By::Sub } else { by }, name);
    }

    /// Wakes the tasks that wait for the end of this user's sessions, so that they check again.
    pub fn wake(&self, sub: &str) {
        self.watchers.wake(By::Sub, sub);
    }

    /// Begins to wait for the end of a session.
    pub fn watch(&self, session: &Session) -> Watch<'_> {
        self.watchers.watch(session)
    }

    fn read(&self) -> RwLockReadGuard<'_, Endings> {
        self.endings.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Endings> {
        self.endings.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Endings {
    fn insert(&mut self, by: By, name: &str, until: u64) {
        let name: Arc<str> = name.into();
        let before = self.by(by).get(&name).copied();
        let until = until.max(before.unwrap_or_default());
        if let Some(before) = before {
            let ending = (before, by, Arc::clone(&name));
            self.order.remove(&ending);
            self.to_remove.remove(&ending);
        }
        self.by(by).insert(Arc::clone(&name), until);
        self.order.insert((until, by, name));
    }

    fn oldest(&self) -> Option<u64> {
        self.order.first().map(|(until, ..)| *until)
    }

    fn pop_oldest(&mut self) {
        if let Some((_, by, name)) = self.order.pop_first() {
            self.by(by).remove(&name);
        }
    }

    /// Removes one that was merged.
    fn pop_merged(&mut self) {
        if let Some((_, by, name)) = self.to_remove.pop_first() {
            self.by(by).remove(&name);
        }
    }

    /// Merges the oldest `count` endings. It merges many at once, because after each merge all sessions that
    /// were signed in before them must be confirmed. The merged endings are removed when further endings are
    /// added.
    fn merge(&mut self, count: usize, now: u64) {
        let Some(first_kept) = self.order.iter().nth(count).cloned() else { return };
        let kept = self.order.split_off(&first_kept);
        let mut merged = std::mem::replace(&mut self.order, kept);
        if let Some((until, ..)) = merged.last() {
            let before = self.merged.before.max(until.saturating_add(1));
            self.merged = Merged { before, at: now };
        }
        self.to_remove.append(&mut merged);
    }

    fn by(&mut self, by: By) -> &mut ByName {
        match by {
            By::Id => &mut self.by_id,
            By::Sid => &mut self.by_sid,
            By::Sub => &mut self.by_sub,
            By::SubAtLogto => &mut self.by_sub_at_logto,
        }
    }
}
