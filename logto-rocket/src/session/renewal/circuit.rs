//! [`Circuit`]: whether Logto answers requests that confirm claims, for the whole process.
//!
//! A request asks [`may_ask`](Circuit::may_ask) before it asks Logto, and reports the outcome by
//! [`open`](Circuit::open) or [`close`](Circuit::close). [`CircuitState`] decides.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::sync::{Mutex, MutexGuard, PoisonError};

/// How long nothing is tried after Logto gave no answer that can be used.
pub(super) const BACKOFF: Duration = Duration::from_secs(30);

/// Whether Logto answers requests that confirm claims.
///
/// It is closed at first. While it is open, no request asks and old claims stand. When its time is over,
/// one request tries, and all others go on with old claims until that one was answered. Requests that
/// wait for an answer are woken when the circuit opens.
pub(in crate::session) struct Circuit {
    state: Mutex<CircuitState>,
    opened: watch::Sender<()>,
}

/// The state machine: it waits for nothing and reads no clock.
#[derive(Default)]
struct CircuitState {
    /// Until when no request is made; `None` while the circuit is closed.
    open_until: Option<Instant>,
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

    /// How long it is until Logto is asked again.
    pub(super) fn remaining(&self, now: Instant) -> Option<Duration> {
        self.state().remaining(now)
    }

    /// Notes that Logto gave no answer that can be used; `wait` is how long it said to wait.
    pub(super) fn open(&self, now: Instant, wait: Option<Duration>) {
        self.state().open(now, wait);
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

impl CircuitState {
    fn may_ask(&mut self, now: Instant) -> bool {
        match self.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.open_until = Some(now + BACKOFF);
                true
            }
        }
    }

    fn remaining(&self, now: Instant) -> Option<Duration> {
        let wait = self.open_until?.saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }

    fn open(&mut self, now: Instant, wait: Option<Duration>) {
        self.open_until = Some(now + wait.unwrap_or(BACKOFF));
    }

    fn close(&mut self) {
        self.open_until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(wait: Option<Duration>) -> (CircuitState, Instant) {
        let (mut state, now) = (CircuitState::default(), Instant::now());
        state.open(now, wait);
        (state, now)
    }

    #[test]
    fn a_closed_circuit_lets_every_request_ask() {
        let (mut state, now) = (CircuitState::default(), Instant::now());
        assert!(state.may_ask(now) && state.may_ask(now));
        assert_eq!(state.remaining(now), None);
    }

    #[test]
    fn an_open_circuit_lets_no_request_ask_and_says_for_how_long() {
        let (mut state, now) = opened(None);
        assert!(!state.may_ask(now));
        assert_eq!(state.remaining(now + Duration::from_secs(10)), Some(Duration::from_secs(20)));
    }

    #[test]
    fn when_the_time_is_over_one_tries_and_the_others_do_not() {
        let (mut state, now) = opened(None);
        let later = now + BACKOFF;
        assert!(state.may_ask(later));
        assert!(!state.may_ask(later));
    }

    #[test]
    fn a_try_without_an_outcome_is_followed_by_another_one() {
        let (mut state, now) = opened(None);
        assert!(state.may_ask(now + BACKOFF));
        assert!(state.may_ask(now + 2 * BACKOFF));
    }

    #[test]
    fn it_stays_open_for_as_long_as_logto_says() {
        let wait = Duration::from_secs(5);
        let (mut state, now) = opened(Some(wait));
        assert!(!state.may_ask(now + Duration::from_secs(4)));
        assert!(state.may_ask(now + wait));
    }

    #[test]
    fn an_answer_closes_it_at_once() {
        let (mut state, now) = opened(None);
        state.close();
        assert!(state.may_ask(now) && state.may_ask(now));
    }
}
