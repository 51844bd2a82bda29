//! [`Spent`]: the sign-ins that have used their code.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::task::SharedTask;

/// How long a second callback still gets the result of the first.
const SHARED_FOR: Duration = Duration::from_secs(60);

/// How many results are kept at most.
const MAX_SHARED: u64 = 500;

/// How many sign-ins are remembered at most.
const MAX_SPENT: u64 = 10_000;

/// What a sign-in is remembered by.
pub(crate) type StateHash = [u8; 32];

/// The sign-ins that have used their code, by the hash of their state.
///
/// A browser may call back twice at once (it restores tabs, it retries). The code must not: Logto
/// answers a second exchange by revoking what the first one got. So a second callback waits for the
/// result of the first, for a minute; after that it only learns that the sign-in is spent.
pub(crate) struct Spent<T, U> {
    /// Those whose result is still shared.
    attempts: Cache<StateHash, Arc<Attempt<T, U>>>,
    /// All of them.
    states: Cache<StateHash, ()>,
    clock: Clock,
}

/// One exchange of a code, and what became of it.
pub(crate) struct Attempt<T, U> {
    begun: Instant,
    exchange: Mutex<Option<SharedTask<T>>>,
    outcome: OnceCell<U>,
}

impl<T: Clone + Send + Sync + 'static, U: Clone + Send + Sync + 'static> Spent<T, U> {
    pub fn new(clock: Clock) -> Self {
        Self {
            attempts: remembered(MAX_SHARED, SHARED_FOR),
            states: remembered(MAX_SPENT, super::FLOW_LIFETIME),
            clock,
        }
    }

    /// The attempt with this key, begun now or less than a minute ago; `None` if it is spent.
    pub fn attempt(&self, key: StateHash) -> Option<Arc<Attempt<T, U>>> {
        let now = self.clock.instant();
        let attempt = self.attempts.optionally_get_with(key, || {
            if self.states.contains_key(&key) {
                return None;
            }
            self.states.insert(key, ());
            let (exchange, outcome) = (Mutex::default(), OnceCell::new());
            Some(Arc::new(Attempt { begun: now, exchange, outcome }))
        })?;
        (now.saturating_duration_since(attempt.begun) < SHARED_FOR).then_some(attempt)
    }
}

impl<T: Clone + Send + Sync + 'static, U: Clone> Attempt<T, U> {
    /// The result of the exchange, which is run once, in a task of its own, whatever becomes of
    /// the callers; `None` if it panicked.
    pub async fn exchange<F>(&self, run: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let task = {
            let mut exchange = self.exchange.lock().unwrap_or_else(PoisonError::into_inner);
            exchange.get_or_insert_with(|| SharedTask::spawn(run())).clone()
        };
        task.result().await
    }

    /// What became of the sign-in, decided by the first caller that gets to its end.
    pub async fn outcome<F: Future<Output = U>>(&self, decide: impl FnOnce() -> F) -> U {
        self.outcome.get_or_init(decide).await.clone()
    }
}

/// Remembers so much for so long. Where there is no room, the oldest goes: the cache's usual policy
/// may forget the newest.
fn remembered<V: Clone + Send + Sync + 'static>(count: u64, time: Duration) -> Cache<StateHash, V> {
    let policy = EvictionPolicy::lru();
    Cache::builder().max_capacity(count).time_to_live(time).eviction_policy(policy).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: StateHash = [1; 32];
    const OTHER: StateHash = [2; 32];

    fn spent() -> Spent<(), ()> {
        Spent::new(Clock::system())
    }

    #[test]
    fn a_second_callback_gets_the_attempt_of_the_first() {
        let spent = spent();
        let [first, second, other] = [ONE, ONE, OTHER].map(|key| spent.attempt(key).unwrap());
        assert!(Arc::ptr_eq(&first, &second));
        assert!(!Arc::ptr_eq(&first, &other));
    }

    #[test]
    fn a_sign_in_whose_result_is_forgotten_stays_spent() {
        let spent = spent();
        assert!(spent.attempt(ONE).is_some());
        spent.attempts.invalidate_all();
        assert!(spent.attempt(ONE).is_none());
        assert!(spent.attempt(OTHER).is_some());
    }

    #[test]
    fn after_very_many_sign_ins_the_newest_are_the_ones_that_are_remembered() {
        let spent = spent();
        let key = |number: u64| [number.to_le_bytes(); 4].concat().try_into().unwrap();
        for number in 0..3 * MAX_SPENT {
            assert!(spent.attempt(key(number)).is_some());
        }
        spent.attempts.invalidate_all();
        let newest = 3 * MAX_SPENT - MAX_SPENT / 2..3 * MAX_SPENT;
        assert!(newest.map(key).all(|key| spent.attempt(key).is_none()));
    }
}
