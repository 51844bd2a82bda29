//! [`Spent`]: the sign-ins that have used their code.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::once_task::OnceTask;

/// How long a second callback still gets the result of the first.
const SHARED_FOR: Duration = Duration::from_secs(60);

/// How many sign-ins are remembered at most.
const MAX_SPENT: u64 = 10_000;

/// The sign-ins that have used their code, by the hash of their state.
///
/// A browser may call back twice at once (it restores tabs, it retries). The code must not: Logto
/// answers a second exchange by revoking what the first one got. So a second callback waits for the
/// result of the first, for a minute; after that it only learns that the sign-in is spent.
pub(crate) struct Spent<T, U> {
    attempts: Cache<String, Arc<Attempt<T, U>>>,
    clock: Clock,
}

/// One exchange of a code, and what became of it.
pub(crate) struct Attempt<T, U> {
    begun: Instant,
    exchange: Mutex<Option<OnceTask<T>>>,
    outcome: OnceCell<U>,
}

impl<T: Clone + Send + Sync + 'static, U: Clone + Send + Sync + 'static> Spent<T, U> {
    pub fn new(clock: Clock) -> Self {
        let attempts =
            Cache::builder().max_capacity(MAX_SPENT).time_to_live(super::FLOW_LIFETIME).build();
        Self { attempts, clock }
    }

    /// The attempt with this key, begun now or less than a minute ago; `None` if it is spent.
    pub fn attempt(&self, key: String) -> Option<Arc<Attempt<T, U>>> {
        let now = self.clock.instant();
        let attempt = self.attempts.get_with(key, || {
            Arc::new(Attempt { begun: now, exchange: Mutex::default(), outcome: OnceCell::new() })
        });
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
            exchange.get_or_insert_with(|| OnceTask::spawn(run())).clone()
        };
        task.result().await
    }

    /// What became of the sign-in, decided by the first caller that gets to its end.
    pub async fn outcome<F: Future<Output = U>>(&self, decide: impl FnOnce() -> F) -> U {
        self.outcome.get_or_init(decide).await.clone()
    }
}
