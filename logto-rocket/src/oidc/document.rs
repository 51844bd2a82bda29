//! [`Document`]: something that Logto publishes, kept in this process.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::error::{Call, Error};

/// From this age on a document is refreshed in the background.
const REFRESHED_AFTER: Duration = Duration::from_secs(3600);
/// The longest pause after failures in a row; the first is one second.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often a document may be fetched because it lacks something.
const COOL_DOWN: Duration = Duration::from_secs(30);

type Fetch<T> = Box<dyn Fn() -> Fetching<T> + Send + Sync>;
pub(super) type Fetching<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Something that Logto publishes: fetched when it is first needed, by one caller for all that
/// wait; refreshed in the background once it is an hour old. The old one serves while Logto is
/// away, and after a failure there is a pause before the next attempt.
pub(super) struct Document<T> {
    call: Call,
    clock: Clock,
    fetch: Fetch<T>,
    state: Mutex<State<T>>,
    /// Held by whoever is fetching.
    turn: tokio::sync::Mutex<()>,
}

struct State<T> {
    current: Option<Kept<T>>,
    failure: Option<Failure>,
    /// When the document was last fetched because it lacked something.
    renewed: Option<Instant>,
    version: u64,
}

struct Kept<T> {
    value: Arc<T>,
    fetched: Instant,
}

impl<T> Kept<T> {
    fn is_old(&self, now: Instant) -> bool {
        now >= self.fetched + REFRESHED_AFTER
    }
}

struct Failure {
    error: Error,
    pause: Duration,
    until: Instant,
}

/// A document together with the count of fetches that it came from.
pub(super) struct Version<T> {
    pub value: Arc<T>,
    pub number: u64,
}

impl<T: Send + Sync + 'static> Document<T> {
    pub(super) fn new(
        call: Call,
        clock: Clock,
        fetch: impl Fn() -> Fetching<T> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let state = State { current: None, failure: None, renewed: None, version: 0 };
        Arc::new(Self {
            call,
            clock,
            fetch: Box::new(fetch),
            state: Mutex::new(state),
            turn: tokio::sync::Mutex::new(()),
        })
    }

    /// The document, fetched if there is none yet.
    pub(super) async fn get(self: &Arc<Self>) -> Result<Version<T>, Error> {
        if let Some(version) = self.kept() {
            return Ok(version);
        }
        self.in_a_task(|this| async move { this.first().await }).await
    }

    /// A newer document than `seen`, which lacked something that may be new at Logto; `None` if
    /// there can be none, because it was fetched for such a reason a short while ago.
    pub(super) async fn newer_than(
        self: &Arc<Self>,
        seen: u64,
    ) -> Result<Option<Version<T>>, Error> {
        self.in_a_task(move |this| async move { this.renew(seen).await }).await
    }

    /// Runs a fetch in a task of its own: callers give up and are cancelled, and what one of them
    /// began is for all.
    async fn in_a_task<V, F>(
        self: &Arc<Self>,
        fetch: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<V, Error>
    where
        V: Send + 'static,
        F: Future<Output = Result<V, Error>> + Send + 'static,
    {
        tokio::spawn(fetch(Arc::clone(self))).await.unwrap_or_else(|_| {
            let why = "the request was aborted".into();
            Err(Error::Unavailable { call: self.call, why, retry_after: None })
        })
    }

    async fn first(self: &Arc<Self>) -> Result<Version<T>, Error> {
        let _turn = self.turn.lock().await;
        if let Some(version) = self.kept() {
            return Ok(version);
        }
        self.not_paused()?;
        self.fetch_now().await
    }

    /// The document in hand. Starts its refreshment if it is time for that.
    fn kept(self: &Arc<Self>) -> Option<Version<T>> {
        let version = self.version()?;
        let now = self.clock.instant();
        let due = self.lock().current.as_ref().is_some_and(|kept| kept.is_old(now));
        if due && self.not_paused().is_ok() && self.turn.try_lock().is_ok() {
            let this = Arc::clone(self);
            tokio::spawn(async move { this.refresh().await });
        }
        Some(version)
    }

    async fn renew(&self, seen: u64) -> Result<Option<Version<T>>, Error> {
        let _turn = self.turn.lock().await;
        let now = self.clock.instant();
        {
            let mut state = self.lock();
            if state.version != seen {
                drop(state);
                return Ok(self.version());
            }
            if state.renewed.is_some_and(|renewed| now < renewed + COOL_DOWN) {
                return state.failure.as_ref().map_or(Ok(None), |it| Err(it.error.clone()));
            }
            state.renewed = Some(now);
        }
        self.fetch_now().await.map(Some)
    }

    async fn refresh(&self) {
        let Ok(_turn) = self.turn.try_lock() else { return };
        let now = self.clock.instant();
        let due = self.lock().current.as_ref().is_some_and(|kept| kept.is_old(now));
        if due && let Err(error) = self.fetch_now().await {
            log::warn!("{error}; what was fetched before is used meanwhile");
        }
    }

    async fn fetch_now(&self) -> Result<Version<T>, Error> {
        let fetched = (self.fetch)().await;
        let now = self.clock.instant();
        let mut state = self.lock();
        match fetched {
            Ok(value) => {
                let value = Arc::new(value);
                state.current = Some(Kept { value: Arc::clone(&value), fetched: now });
                state.version += 1;
                state.failure = None;
                Ok(Version { value, number: state.version })
            }
            Err(error) => {
                let pause = state
                    .failure
                    .as_ref()
                    .map_or(Duration::from_secs(1), |last| LONGEST_PAUSE.min(last.pause * 2));
                state.failure = Some(Failure { error: error.clone(), pause, until: now + pause });
                Err(error)
            }
        }
    }

    fn version(&self) -> Option<Version<T>> {
        let state = self.lock();
        let value = Arc::clone(&state.current.as_ref()?.value);
        Some(Version { value, number: state.version })
    }

    fn not_paused(&self) -> Result<(), Error> {
        let now = self.clock.instant();
        match &self.lock().failure {
            Some(failure) if now < failure.until => Err(failure.error.clone()),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
