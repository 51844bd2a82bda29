//! [`Marks`]: changes of users that Logto has reported. Claims and scopes from before a change no longer
//! decide.
//!
//! A mark concerns the sessions whose sign-in Logto answered before the reported change, by Logto's clock.
//! Claims satisfy the mark if their token request began after the mark was set. Marks are numbered for this
//! purpose: a request notes the number of marks when it begins, and the session's entry stores it. For a
//! session without an entry here, the time at which its claims were confirmed decides.
//!
//! A mark of one user takes effect at once. A mark of all users takes effect for each session at its own
//! second within the next minute, so that a thousand sessions do not ask Logto at the same time, and no
//! session asks more than once a minute however many marks are set.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::session::session::Session;
use crate::session_id::SessionId;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How many users have a mark of their own.
const MAX_USERS: usize = 20_000;

/// How many marks that are no longer needed one more mark removes at most.
const REMOVED_AT_ONCE: usize = 16;

/// Over how many seconds the sessions of everybody are spread.
const SPREAD: u64 = 60;

/// What Logto has reported of users.
pub(in crate::session) struct Marks {
    marked: RwLock<Marked>,
    count: AtomicU64,
    capacity: usize,
    remembered_for: u64,
    clock_skew: u64,
}

/// From when on claims are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) struct Mark {
    /// How many marks there were with this one.
    number: u64,
    /// It concerns sessions whose sign-in Logto answered no later, by its own clock.
    not_after: u64,
    /// Claims that were confirmed later are new enough, whichever process has confirmed them.
    known_by: u64,
}

/// A mark that concerns a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Concern {
    /// Something has changed: older claims decide nothing.
    Change(Mark),
    /// Something may have changed: older claims decide only while Logto does not answer.
    Doubt(Mark),
}

#[derive(Default)]
struct Marked {
    users: HashMap<Arc<str>, Mark>,
    /// When the mark of a user was set, oldest first. A mark that was set again is there more than once.
    order: VecDeque<(u64, Arc<str>, u64)>,
    changes: OfEverybody,
    doubts: OfEverybody,
}

/// Marks of everybody with the second in which they were set: those of the last minute, and one before.
#[derive(Default)]
struct OfEverybody(VecDeque<(u64, Mark)>);

impl Marks {
    /// Marks for sessions whose claims decide for no longer than `remembered_for` after they were
    /// confirmed. Logto's clock is no more than `clock_skew` ahead or behind.
    pub fn new(remembered_for: Duration, clock_skew: Duration) -> Self {
        Self::with_capacity(remembered_for, clock_skew, MAX_USERS)
    }

    fn with_capacity(remembered_for: Duration, clock_skew: Duration, capacity: usize) -> Self {
        Self {
            marked: RwLock::default(),
            count: AtomicU64::new(0),
            capacity,
            remembered_for: remembered_for.as_secs(),
            clock_skew: clock_skew.as_secs(),
        }
    }

    /// How many marks there were. A token request that begins now brings what is newer than all of them.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Marks the sessions of a user whose sign-in Logto answered at `at_logto`, the time of the reported
    /// change, or earlier.
    pub fn user(&self, sub: &str, at_logto: u64, now: u64) {
        let mut marked = self.write();
        for _ in 0..REMOVED_AT_ONCE {
            marked.forget_one(|set_at| now.saturating_sub(set_at) >= self.remembered_for);
        }
        if marked.users.len() >= self.capacity && !marked.users.contains_key(sub) {
            marked.merge(self.capacity.div_ceil(10), now);
        }
        let mark = self.next(at_logto, now);
        let sub: Arc<str> = sub.into();
        let after = marked.users.get(&sub).map_or(mark, |before| mark.and(*before));
        marked.users.insert(Arc::clone(&sub), after);
        marked.order.push_back((now, sub, mark.number));
        if marked.order.len() > 2 * self.capacity {
            marked.tidy();
        }
        // Raised before the lock is released: who reads the new count waits for the new mark.
        self.count.store(mark.number, Ordering::Release);
    }

    /// Marks the sessions of all users in the same way.
    pub fn everybody(&self, at_logto: u64, now: u64) {
        let mut marked = self.write();
        let mark = self.next(at_logto, now);
        marked.changes.add(mark, now);
        self.count.store(mark.number, Ordering::Release);
    }

    /// Notes that something may have happened of which Logto's report was not taken.
    pub fn doubt(&self, now: u64) {
        let mut marked = self.write();
        let mark = self.next(now.saturating_add(self.clock_skew), now);
        marked.doubts.add(mark, now);
        self.count.store(mark.number, Ordering::Release);
    }

    /// The marks that concern a session at this moment.
    pub fn of(&self, session: &Session, now: u64) -> impl Iterator<Item = Concern> + use<> {
        let (marked, turn) = (self.read(), last_turn(&session.id, now));
        let user = marked.users.get(session.claims.sub.as_str()).copied();
        let (change, doubt) = (marked.changes.until(turn), marked.doubts.until(turn));
        drop(marked);
        let issued_at = session.issued_at;
        let concerns = [user.map(Concern::Change), change.map(Concern::Change)];
        let concerns = concerns.into_iter().chain([doubt.map(Concern::Doubt)]).flatten();
        concerns.filter(move |concern| issued_at <= concern.mark().not_after)
    }

    fn next(&self, at_logto: u64, now: u64) -> Mark {
        // A process whose clock is ahead gives an earlier request a later time.
        let known_by = now.min(at_logto.saturating_add(self.clock_skew));
        Mark {
            number: self.count() + 1,
            not_after: at_logto,
            known_by: known_by.saturating_add(self.clock_skew),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Marked> {
        self.marked.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Marked> {
        self.marked.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mark {
    pub fn number(self) -> u64 {
        self.number
    }

    /// Whether claims that any process confirmed at this time, or a token that any process fetched then, are
    /// new enough.
    pub fn is_known_by(self, time: u64) -> bool {
        time > self.known_by
    }

    /// The mark that is met by nothing that does not meet both.
    fn and(self, other: Self) -> Self {
        Self {
            number: self.number.max(other.number),
            not_after: self.not_after.max(other.not_after),
            known_by: self.known_by.max(other.known_by),
        }
    }
}

impl Concern {
    pub fn mark(self) -> Mark {
        match self {
            Self::Change(mark) | Self::Doubt(mark) => mark,
        }
    }
}

impl Marked {
    /// Forgets the oldest mark of a user, if it is over.
    fn forget_one(&mut self, is_over: impl Fn(u64) -> bool) -> Option<Mark> {
        let (set_at, ..) = self.order.front()?;
        if !is_over(*set_at) {
            return None;
        }
        let (_, sub, number) = self.order.pop_front()?;
        let is_it = self.users.get(&sub).is_some_and(|mark| mark.number == number);
        if is_it { self.users.remove(&sub) } else { None }
    }

    /// Leaves of each user the last mark in the order.
    fn tidy(&mut self) {
        let users = &self.users;
        self.order
            .retain(|(_, sub, number)| users.get(sub).is_some_and(|mark| mark.number == *number));
    }

    /// Merges the oldest marks of users into one of everybody.
    fn merge(&mut self, count: usize, now: u64) {
        let (mut merged, mut left) = (None::<Mark>, count);
        while left > 0 && !self.order.is_empty() {
            if let Some(mark) = self.forget_one(|_| true) {
                merged = Some(merged.map_or(mark, |before| before.and(mark)));
                left -= 1;
            }
        }
        if let Some(mark) = merged {
            self.changes.add(mark, now);
        }
    }
}

impl OfEverybody {
    fn add(&mut self, mark: Mark, now: u64) {
        match self.0.back_mut() {
            Some((set_at, last)) if *set_at == now => *last = last.and(mark),
            last => {
                let mark = last.map_or(mark, |(_, last)| last.and(mark));
                self.0.push_back((now, mark));
            }
        }
        while self.0.get(1).is_some_and(|(set_at, _)| set_at + SPREAD <= now) {
            self.0.pop_front();
        }
    }

    /// The last one that was set no later than this.
    fn until(&self, time: u64) -> Option<Mark> {
        self.0.iter().rev().find(|(set_at, _)| *set_at <= time).map(|(_, mark)| *mark)
    }
}

/// When it was last this session's turn among all.
fn last_turn(id: &SessionId, now: u64) -> u64 {
    let own = id.as_str().bytes().fold(0, |sum: u64, byte| (sum * 64 + u64::from(byte)) % SPREAD);
    now - (now + SPREAD - own) % SPREAD
}
