//! [`Ended`]: the sessions that are over, whatever cookie still tells of them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use crate::session::Session;
use crate::session_id::SessionId;

/// How many endings are remembered one by one.
const MAX_ENDED: usize = 100_000;

/// How much longer than a session lives its ending is remembered, in seconds: clocks differ, and a
/// sign-in that is under way may still bring a session that has ended.
const MARGIN: u64 = 600;

/// The sessions that ended before their time: by id, by the `sid` that Logto knows them by, or all
/// of a user up to an instant.
///
/// Each ending is remembered until what it ends would be over anyway. None is forgotten for want of
/// room: when there are too many, the oldest merge into one instant, and whoever signed in before it
/// is believed only once Logto has confirmed them.
pub(crate) struct Ended {
    memory: RwLock<Memory>,
    version: AtomicU64,
    capacity: usize,
    remembered_for: u64,
}

/// What is known of a session's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It has not ended.
    Alive,
    /// It has.
    Ended,
    /// It may have ended. It is believed when Logto has confirmed it.
    Doubtful,
}

#[derive(Default)]
struct Memory {
    by_id: Endings,
    by_sid: Endings,
    by_sub: Endings,
    /// All endings, those first that only concern what was signed in longest ago.
    order: BTreeSet<(u64, By, Arc<str>)>,
    merged: Merged,
}

/// Of each name, the last instant at which something could be signed in that this ends.
type Endings = HashMap<Arc<str>, u64>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Id,
    Sid,
    Sub,
}

/// The endings that are no longer remembered one by one.
#[derive(Clone, Copy, Default)]
struct Merged {
    /// They concern what was signed in before this instant.
    before: u64,
    /// When they were merged. A later confirmation has seen them all.
    at: u64,
}

impl Ended {
    /// For sessions that live no longer than this.
    pub fn new(max_lifetime: Duration) -> Self {
        Self::with_capacity(max_lifetime, MAX_ENDED)
    }

    fn with_capacity(max_lifetime: Duration, capacity: usize) -> Self {
        Self {
            memory: RwLock::default(),
            version: AtomicU64::new(0),
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

    /// How often something has ended. As long as this stays the same, so does every verdict that
    /// was [`Alive`](Verdict::Alive); whoever keeps one asks for the version first.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Whether this session has ended.
    pub fn verdict(&self, session: &Session) -> Verdict {
        if self.version() == 0 {
            return Verdict::Alive;
        }
        let memory = self.read();
        let at = session.signed_in_at;
        let ended_by_sid =
            || session.claims.sid.as_ref().is_some_and(|sid| memory.by_sid.contains_key(&**sid));
        let ended_by_sub =
            || memory.by_sub.get(&*session.claims.sub).is_some_and(|not_after| at <= *not_after);
        if memory.by_id.contains_key(session.id.as_str()) || ended_by_sid() || ended_by_sub() {
            return Verdict::Ended;
        }
        let Merged { before, at: merged_at } = memory.merged;
        if at < before && session.confirmed_at <= merged_at {
            return Verdict::Doubtful;
        }
        Verdict::Alive
    }

    fn note(&self, by: By, name: &str, until: u64, now: u64) {
        let mut memory = self.write();
        while memory
            .oldest()
            .is_some_and(|oldest| now.saturating_sub(oldest) >= self.remembered_for)
        {
            memory.pop_oldest();
        }
        if memory.order.len() >= self.capacity {
            memory.merge(self.capacity.div_ceil(10), now);
        }
        memory.insert(by, name, until);
        // Raised before the lock is released: who reads the new version waits for the new memory.
        self.version.fetch_add(1, Ordering::Release);
    }

    fn read(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Memory> {
        self.memory.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn insert(&mut self, by: By, name: &str, until: u64) {
        let name: Arc<str> = name.into();
        let before = self.endings(by).get(&name).copied();
        if before.is_some_and(|before| before >= until) {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, by, Arc::clone(&name)));
        }
        self.endings(by).insert(Arc::clone(&name), until);
        self.order.insert((until, by, name));
    }

    fn oldest(&self) -> Option<u64> {
        self.order.first().map(|(until, ..)| *until)
    }

    fn pop_oldest(&mut self) -> Option<u64> {
        let (until, by, name) = self.order.pop_first()?;
        self.endings(by).remove(&name);
        Some(until)
    }

    /// Merges the oldest `count` endings. Many at once, because each time everybody who signed in
    /// before them must be confirmed anew.
    fn merge(&mut self, count: usize, now: u64) {
        for _ in 0..count {
            let Some(until) = self.pop_oldest() else { break };
            self.merged.before = self.merged.before.max(until.saturating_add(1));
            self.merged.at = now;
        }
    }

    fn endings(&mut self, by: By) -> &mut Endings {
        match by {
            By::Id => &mut self.by_id,
            By::Sid => &mut self.by_sid,
            By::Sub => &mut self.by_sub,
        }
    }
}
