//! [`CircuitState`]: the state machine of the circuit.

use std::time::{Duration, Instant};

/// The pause after Logto gave no usable answer.
pub(in crate::session::renewal) const BACKOFF: Duration = Duration::from_secs(30);

/// The state machine: it waits for nothing and reads no clock.
#[derive(Default)]
pub(super) struct CircuitState {
    /// Until when no request is made; `None` while the circuit is closed.
    open_until: Option<Instant>,
    /// The error code, if it is open because Logto refuses the application.
    refusal: Option<String>,
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

    /// Whether this caller may ask Logto for an access token, which only a refusal of the application
    /// prevents.
    ///
    /// # Errors
    ///
    /// The error code of the refusal.
    pub fn may_ask_for_a_token(&mut self, now: Instant) -> Result<(), String> {
        match self.refusal.clone() {
            Some(code) if !self.may_ask(now) => Err(code),
            _ => Ok(()),
        }
    }

    /// How long it is until Logto is asked again.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        let wait = self.open_until?.saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }

    /// Logto gave no answer that can be used.
    pub fn open(&mut self, now: Instant, wait: Option<Duration>) {
        self.open_until = Some(now + wait.unwrap_or_default().max(BACKOFF));
        self.refusal = None;
    }

    /// Logto refuses the application, with this error code. Whether that is news.
    pub fn refuse(&mut self, now: Instant, code: &str) -> bool {
        self.open_until = Some(now + BACKOFF);
        self.refusal.replace(code.to_owned()).as_deref() != Some(code)
    }

    /// Logto has answered.
    pub fn close(&mut self) {
        *self = Self::default();
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
    fn it_stays_open_for_as_long_as_logto_says_but_no_shorter_than_otherwise() {
        for (said, wait) in [(0, 30), (5, 30), (45, 45)] {
            let (mut state, now) = opened(Some(Duration::from_secs(said)));
            assert!(!state.may_ask(now + Duration::from_secs(wait - 1)), "{said}");
            assert!(state.may_ask(now + Duration::from_secs(wait)), "{said}");
        }
    }

    #[test]
    fn an_answer_closes_it_at_once() {
        let (mut state, now) = opened(None);
        state.close();
        assert!(state.may_ask(now) && state.may_ask(now));
    }

    #[test]
    fn a_refusal_of_the_application_holds_back_tokens_too_and_is_news_once() {
        let (mut state, now) = (CircuitState::default(), Instant::now());
        assert!(state.refuse(now, "invalid_client"));
        assert!(!state.refuse(now, "invalid_client"));
        assert!(state.refuse(now, "invalid_request"), "another one");
        assert!(!state.may_ask(now));
        assert_eq!(state.may_ask_for_a_token(now), Err("invalid_request".into()));
        assert_eq!(state.may_ask_for_a_token(now + BACKOFF), Ok(()));
        assert!(!state.may_ask(now + BACKOFF), "one tries");
        state.close();
        assert!(state.may_ask(now) && state.refuse(now, "invalid_request"), "news again");
    }

    #[test]
    fn a_silence_holds_back_no_tokens() {
        let (mut state, now) = opened(None);
        assert_eq!(state.may_ask_for_a_token(now), Ok(()));
        assert!(!state.may_ask(now));
    }
}
