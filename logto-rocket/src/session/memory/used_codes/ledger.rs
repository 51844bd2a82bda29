//! [`Ledger`]: which codes were used, and whose result is still shared.
//!
//! A state machine: it waits for nothing and reads no clock. What an exchange is, the caller says.
//!
//! A key is unknown, then shared for [`SHARED_FOR`], then used until the lifetime is over, then unknown
//! again. The numbers of shared and of used keys are limited. If there is no room, the oldest shared key
//! becomes used, and the oldest used key becomes unknown.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::session::cookie::StateHash;

/// How long a second callback still gets the result of the first.
const SHARED_FOR: Duration = Duration::from_secs(60);

/// How many results are shared at most.
const MAX_SHARED: usize = 500;

/// How many sign-ins are remembered at most.
const MAX_USED: usize = 10_000;

/// How many that are over one more exchange makes it forget at most. So none takes long.
const FORGOTTEN_AT_ONCE: usize = 16;

/// The codes that were used.
pub(super) struct Ledger<E> {
    codes: HashMap<StateHash, Code<E>>,
    /// All keys, those first that were used first.
    order: VecDeque<StateHash>,
    /// Those that are shared, in the same order.
    shared: VecDeque<StateHash>,
    lifetime: Duration,
}

struct Code<E> {
    used_at: Instant,
    /// While it is shared.
    exchange: Option<E>,
}

impl<E: Clone> Ledger<E> {
    /// Codes are remembered for this time.
    pub fn new(lifetime: Duration) -> Self {
        let (order, shared) = (VecDeque::new(), VecDeque::new());
        Self { codes: HashMap::new(), order, shared, lifetime }
    }

    /// The exchange with this key: a new one at the first use, the same one as long as it is shared,
    /// then none.
    pub fn exchange(
        &mut self,
        key: StateHash,
        now: Instant,
        begin: impl FnOnce() -> E,
    ) -> Option<E> {
        self.forget_what_is_over(now);
        if let Some(code) = self.codes.get(&key) {
            let is_shared = now.saturating_duration_since(code.used_at) < SHARED_FOR;
            return code.exchange.clone().filter(|_| is_shared);
        }
        if self.order.len() >= MAX_USED {
            self.forget_oldest();
        }
        if self.shared.len() >= MAX_SHARED {
            self.stop_sharing_oldest();
        }
        let exchange = begin();
        self.codes.insert(key, Code { used_at: now, exchange: Some(exchange.clone()) });
        self.order.push_back(key);
        self.shared.push_back(key);
        Some(exchange)
    }

    /// Makes a key unknown, as if it had not been used.
    pub fn forget(&mut self, key: &StateHash) {
        if self.codes.remove(key).is_some() {
            self.order.retain(|known| known != key);
            self.shared.retain(|known| known != key);
        }
    }

    /// Whether the key is shared or used.
    pub fn knows(&self, key: &StateHash) -> bool {
        self.codes.contains_key(key)
    }

    fn forget_what_is_over(&mut self, now: Instant) {
        for _ in 0..FORGOTTEN_AT_ONCE {
            if self.is_older(self.shared.front(), SHARED_FOR, now) {
                self.stop_sharing_oldest();
            }
            if self.is_older(self.order.front(), self.lifetime, now) {
                self.forget_oldest();
            }
        }
    }

    fn is_older(&self, key: Option<&StateHash>, time: Duration, now: Instant) -> bool {
        let code = key.and_then(|key| self.codes.get(key));
        code.is_some_and(|code| now.saturating_duration_since(code.used_at) >= time)
    }

    fn stop_sharing_oldest(&mut self) {
        if let Some(key) = self.shared.pop_front()
            && let Some(code) = self.codes.get_mut(&key)
        {
            code.exchange = None;
        }
    }

    /// Of what is shared the oldest is younger, or is shared no more before it is forgotten.
    fn forget_oldest(&mut self) {
        let Some(key) = self.order.pop_front() else { return };
        if self.shared.front() == Some(&key) {
            self.shared.pop_front();
        }
        self.codes.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(600);
    const ONE: StateHash = [1; 32];
    const OTHER: StateHash = [2; 32];

    /// A ledger whose exchanges are numbered, and a time.
    fn ledger() -> (Ledger<u32>, Instant) {
        (Ledger::new(LIFETIME), Instant::now())
    }

    fn key(number: usize) -> StateHash {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&(number as u64).to_le_bytes());
        key
    }

    #[test]
    fn a_second_use_within_a_minute_gets_the_attempt_of_the_first() {
        let (mut ledger, now) = ledger();
        assert_eq!(ledger.exchange(ONE, now, || 1), Some(1));
        let later = now + SHARED_FOR.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!(ledger.exchange(ONE, later, || 2), Some(1));
    }

    #[test]
    fn another_key_is_another_attempt() {
        let (mut ledger, now) = ledger();
        ledger.exchange(ONE, now, || 1);
        assert_eq!(ledger.exchange(OTHER, now, || 2), Some(2));
    }

    #[test]
    fn after_a_minute_a_code_is_only_used() {
        let (mut ledger, now) = ledger();
        ledger.exchange(ONE, now, || 1);
        assert_eq!(ledger.exchange(ONE, now + SHARED_FOR, || 2), None);
        assert!(ledger.codes[&ONE].exchange.is_none(), "the result is let go");
        assert_eq!(ledger.exchange(OTHER, now + SHARED_FOR, || 2), Some(2));
    }

    #[test]
    fn a_code_is_shared_for_a_minute_however_many_are_over_at_once() {
        let (mut ledger, now) = ledger();
        let last = key(2 * FORGOTTEN_AT_ONCE);
        for number in 0..=2 * FORGOTTEN_AT_ONCE {
            ledger.exchange(key(number), now, || 1);
        }
        assert_eq!(ledger.exchange(last, now + SHARED_FOR, || 2), None);
    }

    #[test]
    fn asking_for_a_used_code_makes_it_no_younger() {
        let (mut ledger, now) = ledger();
        ledger.exchange(ONE, now, || 1);
        let half = SHARED_FOR / 2;
        assert_eq!(ledger.exchange(ONE, now + half, || 2), Some(1));
        assert_eq!(ledger.exchange(ONE, now + SHARED_FOR, || 3), None);
    }

    #[test]
    fn a_code_is_forgotten_when_its_lifetime_is_over() {
        let (mut ledger, now) = ledger();
        ledger.exchange(ONE, now, || 1);
        let last = LIFETIME.checked_sub(Duration::from_nanos(1)).unwrap();
        assert_eq!(ledger.exchange(ONE, now + last, || 2), None);
        assert_eq!(ledger.exchange(ONE, now + LIFETIME, || 3), Some(3));
    }

    #[test]
    fn what_is_forgotten_was_never_used() {
        let (mut ledger, now) = ledger();
        ledger.exchange(ONE, now, || 1);
        ledger.exchange(OTHER, now, || 2);
        ledger.forget(&ONE);
        assert!(!ledger.knows(&ONE) && ledger.knows(&OTHER));
        assert_eq!([&ledger.order, &ledger.shared].map(|it| it.front()), [Some(&OTHER); 2]);
        assert_eq!(ledger.exchange(ONE, now + SHARED_FOR / 2, || 3), Some(3));
        assert_eq!(ledger.exchange(ONE, now + SHARED_FOR, || 4), Some(3), "shared from then on");
        assert_eq!([ledger.codes.len(), ledger.order.len()], [2; 2]);
    }

    #[test]
    fn where_too_many_are_shared_the_oldest_is_only_used() {
        let (mut ledger, now) = ledger();
        for number in 0..=MAX_SHARED {
            assert_eq!(ledger.exchange(key(number), now, || 0), Some(0));
        }
        assert_eq!(ledger.exchange(key(0), now, || 1), None);
        assert_eq!(ledger.exchange(key(1), now, || 1), Some(0));
    }

    #[test]
    fn where_too_many_are_remembered_the_oldest_goes() {
        let (mut ledger, now) = ledger();
        for number in 0..=MAX_USED {
            assert_eq!(ledger.exchange(key(number), now, || 0), Some(0));
        }
        assert_eq!([ledger.codes.len(), ledger.order.len()], [MAX_USED; 2]);
        assert_eq!(ledger.shared.len(), MAX_SHARED);
        let shared = ledger.codes.values().filter(|code| code.exchange.is_some());
        assert_eq!(shared.count(), MAX_SHARED, "the results of the others are let go");
        assert_eq!(ledger.exchange(key(1), now, || 1), None, "the newest are remembered");
        assert_eq!(ledger.exchange(key(0), now, || 1), Some(1));
    }
}
