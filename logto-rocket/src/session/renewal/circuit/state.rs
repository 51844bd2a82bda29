//! [`CircuitState`]: the state machine of the circuit.

use std::time::{Duration, Instant};

/// The pause after Logto gave no usable answer.
pub(in crate::session::renewal) const BACKOFF: Duration = Duration::from_secs(30);

/// The state machine: it waits for nothing and reads no clock.
#[derive(Default)]
pub(super) struct CircuitState {
    /// Until when no request is made; `None` while the circuit is closed.
    open_until: Option<Instant>,
}

impl CircuitState {
    /// Whether this caller may ask Logto.
    pub fn may_ask(&mut self, now: Instant) -> bool {
        match self.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.open_until = Some(now + BACKOFF);
                true
            }
        }
    }

    /// How long it is until Logto is asked again.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        let wait = self.open_until?.saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }

    /// Logto gave no answer that can be used.
    pub fn open(&mut self, now: Instant, wait: Option<Duration>) {
        self.open_until = Some(now + wait.unwrap_or(BACKOFF));
    }

    /// Logto has answered.
    pub fn close(&mut self) {
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
