//! [`EndedSubjects`]: the users of whom Logto has reported that their access tokens count no more.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::oidc::VerifiedToken;

/// How many of them are remembered one by one.
const MAX_SUBJECTS: usize = 100_000;

/// How long each is remembered, in seconds: longer than an access token lives.
const REMEMBERED_FOR: u64 = 30 * 24 * 3600;

/// How many that are no longer needed one more removes at most.
const REMOVED_AT_ONCE: usize = 16;

/// The users whose access tokens have ended that Logto issued up to an instant of its clock.
///
/// None is forgotten for want of room: when there are too many, the oldest merge into one instant, and
/// access tokens from before it count no more, whoever they are of.
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

    /// Whether an access token has ended. One that does not say when it was issued may be of any time.
    pub(super) fn has_ended(&self, token: &VerifiedToken) -> bool {
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let ended = self.ended.read().unwrap_or_else(PoisonError::into_inner);
        let issued_at = token.issued_at().unwrap_or_default();
        let of_subject = ended.subjects.get(token.sub()).copied();
        of_subject.max(ended.merged).is_some_and(|not_after| issued_at <= not_after)
    }
}

impl Ended {
    fn forget_oldest(&mut self) -> Option<u64> {
        let (not_after, sub) = self.order.pop_first()?;
        self.subjects.remove(&sub);
        Some(not_after)
    }
}
