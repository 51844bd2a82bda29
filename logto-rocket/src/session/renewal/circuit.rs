//! [`Circuit`]: whether Logto answers requests that confirm claims, for the whole process.
//!
//! A request asks [`may_ask`](Circuit::may_ask) before it asks Logto, and reports the outcome by
//! [`open`](Circuit::open), [`refuse`](Circuit::refuse) or [`close`](Circuit::close). [`CircuitState`]
//! decides.

mod state;

use std::time::{Duration, Instant};

use tokio::sync::watch;

pub(super) use self::state::BACKOFF;
use self::state::CircuitState;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// Whether Logto answers requests that confirm claims.
///
/// It is closed at first. While it is open, no request asks and old claims stand. When its time is over,
/// one request tries, and all others go on with old claims until that one was answered. Requests that
/// wait for an answer are woken when the circuit opens.
pub(in crate::session) struct Circuit {
    state: Mutex<CircuitState>,
    opened: watch::Sender<()>,
}

impl Default for Circuit {
    fn default() -> Self {
        Self { state: Mutex::default(), opened: watch::Sender::new(()) }
    }
}

impl Circuit {
    /// Whether this caller may ask Logto. Behind an open circuit whose time is over, it is the one
    /// that tries.
    pub(super) fn may_ask(&self, now: Instant) -> bool {
        self.state().may_ask(now)
    }

    /// Whether this caller may ask Logto for an access token, which only a refusal of the application
    /// prevents.
    ///
    /// # Errors
    ///
    /// The error code of the refusal.
    pub(super) fn may_ask_for_a_token(&self, now: Instant) -> Result<(), String> {
        self.state().may_ask_for_a_token(now)
    }

    /// How long it is until Logto is asked again.
    pub(super) fn remaining(&self, now: Instant) -> Option<Duration> {
        self.state().remaining(now)
    }

    /// Notes that Logto gave no answer that can be used; `wait` is how long it said to wait.
    pub(super) fn open(&self, now: Instant, wait: Option<Duration>) {
        self.state().open(now, wait);
        self.wake();
    }

    /// Notes that Logto refuses the application, whatever session asks. Whether that is news, to be
    /// logged before requests that wait are [woken](Self::wake).
    pub(super) fn refuse(&self, now: Instant, code: &str) -> bool {
        self.state().refuse(now, code)
    }

    /// Wakes the requests that wait for an answer.
    pub(super) fn wake(&self) {
        self.opened.send_replace(());
    }

    /// Notes that Logto has answered.
    pub(super) fn close(&self) {
        self.state().close();
    }

    /// Waits until another request opens the circuit.
    pub(super) async fn opens(&self) {
        let mut receiver = self.opened.subscribe();
        if receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, CircuitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
