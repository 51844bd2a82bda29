//! [`EndedSubjects`]: the users of whom Logto has reported that their access tokens count no more.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// How many of them are remembered one by one.
const MAX_SUBJECTS: usize = 100_000;

/// How long each is remembered, in seconds: longer than an access token lives.
const REMEMBERED_FOR: u64 = 30 * 24 * 3600;

/// How many entries that are no longer needed a new one removes at most.
const REMOVED_AT_ONCE: usize = 16;

/// The users whose access tokens are no longer valid if Logto issued them before a time of its clock.
///
/// None is forgotten for lack of room. If there are too many, the oldest are merged into one time, and access
/// tokens of all users from before this time are refused.
pub(super) struct EndedSubjects {
    ended: RwLock<Ended>,
    count: AtomicU64,
    capacity: usize,
}

#[derive(Default)]
struct Ended {
    subjects: HashMap<Arc<str>, u64>,
    order: BTreeSet<(u64, Arc<str>)>,
    merged: Option<u64>,
}

impl Default for EndedSubjects {
    fn default() -> Self {
        Self { ended: RwLock::default(), count: AtomicU64::new(0), capacity: MAX_SUBJECTS }
    }
}

impl EndedSubjects {
    /// Ends the access tokens of a user that were issued at `not_after` or earlier.
    pub(super) fn end(&self, sub: &str, not_after: u64, now: u64) {
        let mut ended = self.ended.write().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..REMOVED_AT_ONCE {
            if ended.order.first().is_some_and(|(at, _)| now.saturating_sub(*at) >= REMEMBERED_FOR)
            {
                ended.forget_oldest();
            }
        }
        while ended.subjects.len() >= self.capacity {
            let merged = ended.forget_oldest();
            ended.merged = ended.merged.max(merged);
        }
        let sub: Arc<str> = sub.into();
        let before = ended.subjects.get(&sub).copied();
        if let Some(before) = before {
            ended.order.remove(&(before, Arc::clone(&sub)));
        }
        let not_after = not_after.max(before.unwrap_or_default());
        ended.subjects.insert(Arc::clone(&sub), not_after);
        ended.order.insert((not_after, sub));
        self.count.fetch_add(1, Ordering::Release);
    }

    /// Whether an access token of a user has ended that was issued at this time. A token without `iat` counts
    /// as older than any change.
    pub(super) fn has_ended(&self, sub: &str, issued_at: Option<u64>) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let ended = self.ended.read().unwrap_or_else(PoisonError::into_inner);
        let last = ended.subjects.get(sub).copied().max(ended.merged);
        last.is_some_and(|not_after| issued_at.unwrap_or_default() <= not_after)
    }
}

impl Ended {
    fn forget_oldest(&mut self) -> Option<u64> {
        let (not_after, sub) = self.order.pop_first()?;
        self.subjects.remove(&sub);
        Some(not_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 3600;

    fn subjects(capacity: usize) -> EndedSubjects {
        EndedSubjects { capacity, ..EndedSubjects::default() }
    }

    #[test]
    fn tokens_end_that_were_issued_no_later_and_those_that_do_not_say_when() {
        let subjects = subjects(10);
        assert!(!subjects.has_ended("alice", None));
        subjects.end("alice", 1_000, 1_000);
        subjects.end("alice", 900, 1_001);
        for (sub, issued_at, ended) in [
            ("alice", Some(1_000), true),
            ("alice", Some(1_001), false),
            ("alice", None, true),
            ("bob", Some(900), false),
            ("bob", None, false),
        ] {
            assert_eq!(subjects.has_ended(sub, issued_at), ended, "{sub} {issued_at:?}");
        }
    }

    #[test]
    fn where_there_is_no_room_older_tokens_of_all_end() {
        let subjects = subjects(10);
        for second in 0..20 {
            subjects.end(&format!("u{second}"), 1_000 + second, 1_000 + second);
        }
        assert_eq!(subjects.ended.read().unwrap().subjects.len(), 10);
        assert!(subjects.has_ended("u0", Some(1_000)));
        assert!(subjects.has_ended("another", Some(1_009)));
        assert!(!subjects.has_ended("another", Some(1_010)));
        assert!(subjects.has_ended("u19", Some(1_019)));
    }

    #[test]
    fn what_no_token_can_be_of_any_more_is_forgotten() {
        let subjects = subjects(100);
        for number in 0..10 {
            subjects.end(&format!("u{number}"), 1_000, 1_000);
        }
        subjects.end("alice", 1_000 + 30 * DAY, 1_000 + 30 * DAY);
        assert_eq!(subjects.ended.read().unwrap().subjects.len(), 1);
        assert!(!subjects.has_ended("another", Some(1_000)));
    }
}
