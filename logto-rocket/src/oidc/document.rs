//! [`Document`]: something that Logto publishes, fetched when it is needed and kept up to date.
//!
//! Requests may call [`get`](Document::get) at any time. The first call fetches the document, and calls
//! during this fetch wait for it. Later calls get the cached document, whatever its age. The first call that
//! finds it too old starts a fetch in the background. A caller that misses something in a document, such as a
//! new key, calls [`newer_than`](Document::newer_than) with the number of the document.
//!
//! There is at most one fetch at a time, whatever its reason. It runs in a task of its own, which continues
//! if its callers are cancelled. If a fetch fails and there is no document, callers get the failure until the
//! backoff is over. If there is an old document, callers get that one.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::error::{Call, Error};
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};
use crate::task::{Backoff, Entry, SharedTask, SingleFlight};

/// From this age on a document is refreshed in the background.
const REFRESH_AFTER: Duration = Duration::from_secs(3600);

/// How long nothing is fetched after a failure.
const FETCH_BACKOFF: Backoff = Backoff::doubling(Duration::from_secs(1), Duration::from_secs(30));

type Fetch<T> = Box<dyn Fn() -> Fetching<T> + Send + Sync>;
pub(super) type Fetching<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Something that Logto publishes.
pub(super) struct Document<T> {
    call: Call,
    clock: Clock,
    fetch: Fetch<T>,
    state: Mutex<State<T>>,
}

struct State<T> {
    cached: Option<Cached<T>>,
    fetches: SingleFlight<Task<T>, Error>,
}

type Task<T> = SharedTask<Result<Version<T>, Error>>;

struct Cached<T> {
    version: Version<T>,
    fetched_at: Instant,
}

/// A document together with the number of the fetch that it came from.
pub(super) struct Version<T> {
    pub value: Arc<T>,
    pub number: u64,
}

impl<T> Clone for Version<T> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), number: self.number }
    }
}

impl<T: Send + Sync + 'static> Document<T> {
    pub(super) fn new(
        call: Call,
        clock: Clock,
        fetch: impl Fn() -> Fetching<T> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let state = State { cached: None, fetches: SingleFlight::default() };
        Arc::new(Self { call, clock, fetch: Box::new(fetch), state: Mutex::new(state) })
    }

    /// The document, if there is one. One that is too old starts a fetch in the background.
    pub(super) fn known(self: &Arc<Self>) -> Option<Version<T>> {
        let mut state = self.lock();
        let now = self.clock.instant();
        state.fetches.release_if(SharedTask::is_aborted);
        let cached = state.cached.as_ref()?;
        let (version, is_old) = (cached.version.clone(), now >= cached.fetched_at + REFRESH_AFTER);
        if is_old {
            state.fetches.enter(now, |number| self.start_refresh(number));
        }
        Some(version)
    }

    /// The document, fetched if there is none yet.
    pub(super) async fn get(self: &Arc<Self>) -> Result<Version<T>, Error> {
        loop {
            if let Some(known) = self.known() {
                return Ok(known);
            }
            let entry = {
                let mut state = self.lock();
                if state.cached.is_some() {
                    continue;
                }
                let now = self.clock.instant();
                state.fetches.enter(now, |number| self.start(number))
            };
            match entry {
                Entry::Started(flight) => return self.result(flight.handle).await,
                Entry::Joined(flight) => drop(flight.handle.result().await),
                Entry::Paused(failure) => return Err(failure.error),
            }
        }
    }

    /// A newer document than `seen`, for a caller who missed something in it; `None` if `may_fetch`
    /// forbids a fetch for this reason.
    ///
    /// It is fetched in spite of the backoff after a failure.
    pub(super) async fn newer_than(
        self: &Arc<Self>,
        seen: u64,
        mut may_fetch: impl FnMut(Instant) -> bool,
    ) -> Result<Option<Version<T>>, Error> {
        loop {
            let (task, is_own) = {
                let mut state = self.lock();
                state.fetches.release_if(SharedTask::is_aborted);
                if let Some(flight) = state.fetches.under_way() {
                    (flight.handle, false)
                } else if let Some(newer) = state.newer_than(seen) {
                    return Ok(Some(newer));
                } else if !may_fetch(self.clock.instant()) {
                    let failure = state.fetches.failure();
                    return failure.map_or(Ok(None), |failure| Err(failure.error.clone()));
                } else {
                    (state.fetches.start(|number| self.start(number)).handle, true)
                }
            };
            if is_own {
                return self.result(task).await.map(Some);
            }
            task.result().await;
        }
    }

    fn start(self: &Arc<Self>, number: u64) -> Task<T> {
        let this = Arc::clone(self);
        SharedTask::spawn(async move { this.fetch(number).await })
    }

    fn start_refresh(self: &Arc<Self>, number: u64) -> Task<T> {
        let this = Arc::clone(self);
        SharedTask::spawn(async move {
            let fetched = this.fetch(number).await;
            if let Err(error) = &fetched {
                log::warn!("{error}; the previously fetched document is used meanwhile");
            }
            fetched
        })
    }

    /// Fetches the document as the flight of this number.
    async fn fetch(&self, number: u64) -> Result<Version<T>, Error> {
        let fetched = (self.fetch)().await;
        let now = self.clock.instant();
        let mut state = self.lock();
        match fetched {
            Ok(value) => {
                let version = Version { value: Arc::new(value), number };
                if state.fetches.succeed(number) {
                    state.cached = Some(Cached { version: version.clone(), fetched_at: now });
                }
                Ok(version)
            }
            Err(error) => {
                state.fetches.fail(number, error.clone(), FETCH_BACKOFF, now);
                Err(error)
            }
        }
    }

    /// The result of a fetch, for the caller that started it.
    async fn result(&self, task: Task<T>) -> Result<Version<T>, Error> {
        task.result().await.unwrap_or_else(|| {
            let why = "the request was aborted".into();
            Err(Error::Unavailable { call: self.call, why, status: None, retry_after: None })
        })
    }

    /// A newer document than `seen`, if one has been fetched.
    pub(super) fn known_since(&self, seen: u64) -> Option<Version<T>> {
        self.lock().newer_than(seen)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn newer_than(&self, seen: u64) -> Option<Version<T>> {
        let newest = self.cached.as_ref().map(|cached| &cached.version);
        newest.filter(|version| version.number != seen).cloned()
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
