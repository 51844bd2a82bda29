//! [`Ended`]: the sessions that are over, whatever cookie still tells of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use super::SessionId;

/// How many ended sessions are remembered one by one.
const MAX_ENDED: usize = 100_000;

/// The sessions that ended before their time, by id.
///
/// Each is remembered until it would be over anyway. None is forgotten for want of room: when
/// there are too many, the oldest merge into one instant, and no session that was signed in before
/// it is believed.
#[derive(Default)]
pub(crate) struct Ended(RwLock<Memory>);

#[derive(Default)]
struct Memory {
    by_id: HashMap<SessionId, u64>,
    by_sign_in: BTreeSet<(u64, SessionId)>,
    nobody_before: u64,
}

impl Ended {
    /// Ends the session that was signed in at `signed_in_at` and would be over at `over_at`.
    pub fn end(&self, id: &SessionId, signed_in_at: u64, now: u64, over_at: u64) {
        let mut memory = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if memory.by_id.len() >= MAX_ENDED {
            memory.forget_what_is_over(now);
        }
        while memory.by_id.len() >= MAX_ENDED {
            let Some((oldest, id)) = memory.by_sign_in.pop_first() else { break };
            memory.by_id.remove(&id);
            memory.nobody_before = memory.nobody_before.max(oldest + 1);
        }
        memory.by_id.insert(id.clone(), over_at);
        memory.by_sign_in.insert((signed_in_at, id.clone()));
    }

    /// Whether this session has ended.
    pub fn has(&self, id: &SessionId, signed_in_at: u64) -> bool {
        let memory = self.0.read().unwrap_or_else(PoisonError::into_inner);
        signed_in_at < memory.nobody_before || memory.by_id.contains_key(id)
    }
}

impl Memory {
    fn forget_what_is_over(&mut self, now: u64) {
        self.by_id.retain(|_, over_at| *over_at > now);
        let Self { by_id, by_sign_in, .. } = self;
        by_sign_in.retain(|(_, id)| by_id.contains_key(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_longer_fits_one_by_one_stays_ended() {
        let ended = Ended::default();
        let ids: Vec<_> = (0..=MAX_ENDED).map(|_| SessionId::random()).collect();
        for (at, id) in ids.iter().enumerate() {
            ended.end(id, 1_000 + at as u64, 0, u64::MAX);
        }
        assert!(ids.iter().enumerate().all(|(at, id)| ended.has(id, 1_000 + at as u64)));
        assert!(!ended.has(&SessionId::random(), 2_000_000), "a later session is believed");
    }

    #[test]
    fn what_would_be_over_anyway_makes_room() {
        let ended = Ended::default();
        for _ in 0..=MAX_ENDED {
            ended.end(&SessionId::random(), 1_000, 3_000, 2_000);
        }
        assert!(!ended.has(&SessionId::random(), 1_000), "nobody else is ended with them");
    }
}
