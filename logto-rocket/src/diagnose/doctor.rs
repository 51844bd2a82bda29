//! [`Doctor`]: who looks at the set-up, once a minute at most.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::arrivals::Arrivals;
use super::case::Case;
use super::diagnosis::Diagnosis;
use super::examine::examine;
use super::finding::{DiagnosisCheck, Finding};
use super::listening::Listening;
use crate::clock::Clock;
use crate::task::{Entry, SharedTask, SingleFlight};

/// How long a diagnosis is kept, so that repeated calls do not repeat its requests.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Runs the diagnosis of an application. Concurrent callers share one run.
pub(crate) struct Doctor {
    clock: Clock,
    arrivals: Arc<Arrivals>,
    listening: OnceLock<Listening>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    looks: SingleFlight<SharedTask<Diagnosis>, Infallible>,
    last: Option<(Instant, Diagnosis)>,
}

impl Doctor {
    pub fn new(clock: Clock) -> Arc<Self> {
        let (arrivals, listening, state) = (Arc::default(), OnceLock::new(), Mutex::default());
        Arc::new(Self { clock, arrivals, listening, state })
    }

    /// Which requests of a diagnosis have come back to this process.
    pub fn arrivals(&self) -> &Arc<Arrivals> {
        &self.arrivals
    }

    /// Says where Rocket listens, once it has lifted off.
    pub fn listens(&self, at: Listening) {
        let _ = self.listening.set(at);
    }

    /// Where Rocket listens, by its configuration.
    pub(super) fn listening(&self) -> Option<&Listening> {
        self.listening.get()
    }

    /// Runs the diagnosis of a case, or returns the result of the last minute.
    pub async fn diagnose(self: &Arc<Self>, case: impl FnOnce() -> Case) -> Diagnosis {
        let task = {
            let mut state = self.state();
            let now = self.clock.instant();
            match &state.last {
                Some((at, last)) if now.saturating_duration_since(*at) < KEPT_FOR => {
                    return last.clone();
                }
                _ => {}
            }
            state.looks.release_if(SharedTask::is_aborted);
            match state.looks.enter(now, |number| self.look(number, case())) {
                Entry::Started(flight) | Entry::Joined(flight) => flight.handle,
                Entry::Paused(failure) => match failure.error {},
            }
        };
        task.result().await.unwrap_or_else(|| {
            let cure =
                "diagnose again; if it is aborted again, the log of this process has the cause";
            let aborted = "the diagnosis was aborted";
            Diagnosis::new(vec![Finding::unknown(DiagnosisCheck::Endpoint, aborted, cure)])
        })
    }

    fn look(self: &Arc<Self>, number: u64, case: Case) -> SharedTask<Diagnosis> {
        let this = Arc::clone(self);
        SharedTask::spawn(async move {
            let diagnosis = examine(&case, this.listening(), &this.arrivals).await;
            let mut state = this.state();
            if state.looks.succeed(number) {
                state.last = Some((this.clock.instant(), diagnosis.clone()));
            }
            diagnosis
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
