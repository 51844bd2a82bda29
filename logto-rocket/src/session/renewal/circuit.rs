//! [`Circuit`]: whether Logto answers requests that confirm claims, for the whole process.
//!
//! A request that may ask ([`may_ask`](Circuit::may_ask)) calls [`begin`](Circuit::begin) before it asks
//! Logto, and reports the outcome by [`open`](Circuit::open), [`refuse`](Circuit::refuse) or
//! [`close`](Circuit::close). [`CircuitState`] decides.

mod state;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use tokio::sync::watch;

pub(super) use self::state::ApplicationRefusal;
pub(super) use self::state::BACKOFF;
use self::state::{Begin, CircuitState};
use crate::clock::Clock;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// How long a request waits for the answers to others.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether Logto answers requests that confirm claims.
///
/// It is closed at first. While it is open, no request asks Logto, and old claims stay valid. When its time is over,
/// one request asks, and all others use old claims until Logto has answered that one. Requests that
/// wait for an answer are woken when the circuit opens.
///
/// While it is closed and no answer has come for a moment, two requests ask, and the others wait for their
/// results. If Logto refuses the application, a thousand sessions whose claims must be confirmed therefore do
/// not all ask.
pub(in crate::session) struct Circuit {
    state: Mutex<CircuitState>,
    opened: watch::Sender<()>,
    /// Wakes the requests that wait to begin, after a change.
    changed: watch::Sender<()>,
}

/// A request to Logto. It counts as ended when this is dropped.
#[must_use = "the request is over when this is dropped"]
pub(super) struct Asking<'c>(&'c Circuit);

/// Why a request may not ask.
pub(super) enum Held {
    /// Logto did not answer a recent request.
    Silence,
    /// Logto refuses the application, with this error code.
    Refusal(String),
}

impl Default for Circuit {
    fn default() -> Self {
        let [opened, changed] = [(); 2].map(watch::Sender::new);
        Self { state: Mutex::default(), opened, changed }
    }
}

impl Circuit {
    /// Whether it is worth while to ask Logto.
    pub(super) fn may_ask(&self, now: Instant) -> bool {
        self.state().may_ask(now)
    }

    /// Whether it is worth while to ask Logto for an access token, which only a refusal of the
    /// application prevents.
    ///
    /// # Errors
    ///
    /// The error code of the refusal.
    pub(super) fn may_ask_for_a_token(&self, now: Instant) -> Result<(), String> {
        self.state().may_ask_for_a_token(now)
    }

    /// Waits until one more request may ask. After two seconds it may ask in any case, because an answer that shows
    /// nothing about other requests, such as one for an access token, may take long.
    ///
    /// # Errors
    ///
    /// [`Held`]. [`Held::Silence`] applies only if `heeds_silence`.
    pub(super) async fn begin(
        &self,
        clock: &Clock,
        heeds_silence: bool,
    ) -> Result<Asking<'_>, Held> {
        let wait = self.begin_in_turn(clock, heeds_silence);
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| {
            self.state().begin_anyway();
            Ok(Asking(self))
        })
    }

    /// Waits until one more request may ask, however long.
    async fn begin_in_turn(&self, clock: &Clock, heeds_silence: bool) -> Result<Asking<'_>, Held> {
        loop {
            // Before the state is asked, so that no change after that is missed.
            let mut changes = self.changed.subscribe();
            let begin = self.state().begin(clock.instant(), heeds_silence);
            match begin {
                Begin::Now => return Ok(Asking(self)),
                Begin::Held(code) => return Err(code.map_or(Held::Silence, Held::Refusal)),
                // Its other end is here and does not go away.
                Begin::Later => changes.changed().await.unwrap_or_default(),
            }
        }
    }

    /// How long it is until Logto is asked again.
    pub(super) fn remaining(&self, now: Instant) -> Option<Duration> {
        self.state().remaining(now)
    }

    /// Notes that Logto gave no usable answer; `wait` is the time for which Logto asked to wait. Returns
    /// whether the circuit was closed before.
    pub(super) fn open(&self, now: Instant, wait: Option<Duration>) -> bool {
        let opens = self.state().open(now, wait);
        self.wake();
        opens
    }

    /// Notes that Logto refuses the application, whatever session asks. If this is news, log it before
    /// waiting requests are [woken](Self::wake).
    pub(super) fn refuse(&self, now: Instant, code: &str) -> ApplicationRefusal {
        self.state().refuse(now, code)
    }

    /// Wakes the requests that wait for an answer.
    pub(super) fn wake(&self) {
        self.opened.send_replace(());
        self.changed.send_replace(());
    }

    /// Notes that Logto has answered. Whether the circuit was open before.
    pub(super) fn close(&self, now: Instant) -> bool {
        let closes = self.state().close(now);
        self.changed.send_replace(());
        closes
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

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.state().end();
        self.0.changed.send_replace(());
    }
}
