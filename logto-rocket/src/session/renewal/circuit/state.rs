//! [`CircuitState`]: the state machine of the circuit.

use std::time::{Duration, Instant};

/// The pause after Logto gave no usable answer.
pub(in crate::session::renewal) const BACKOFF: Duration = Duration::from_secs(30);

/// How many requests ask at once while it is not known whether Logto answers.
const MAX_UNCERTAIN: usize = 2;

/// For how long after an answer Logto is known to answer. Requests that begin later wait for one answer.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// The state machine: it waits for nothing and reads no clock.
#[derive(Default)]
pub(super) struct CircuitState {
    /// Until when no request is made; `None` while the circuit is closed.
    open_until: Option<Instant>,
    /// The error code, if it is open because Logto refuses the application.
    refusal: Option<String>,
    /// When Logto answered last, if nothing has opened the circuit since.
    answered_at: Option<Instant>,
    /// How many requests are asking.
    asking: usize,
}

/// A refusal of the application by Logto.
#[must_use = "what is news is to be told"]
pub(in crate::session::renewal) struct ApplicationRefusal {
    /// Whether the circuit was closed before.
    pub opens: bool,
    /// Whether Logto did not refuse it in this way before.
    pub is_news: bool,
}

/// Whether a request may ask now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// It may, and is counted until it [ends](CircuitState::end).
    Now,
    /// Others ask, and it waits for their result.
    Later,
    /// It may not: the circuit is open, with this error code if Logto refuses the application.
    Held(Option<String>),
}

impl CircuitState {
    /// Whether a request may be made: the circuit is closed, or its time is over.
    pub fn may_ask(&self, now: Instant) -> bool {
        self.open_until.is_none_or(|until| now >= until)
    }

    /// The same for an access token, which only a refusal of the application prevents.
    ///
    /// # Errors
    ///
    /// The error code of the refusal.
    pub fn may_ask_for_a_token(&self, now: Instant) -> Result<(), String> {
        match &self.refusal {
            Some(code) if !self.may_ask(now) => Err(code.clone()),
            _ => Ok(()),
        }
    }

    /// Whether one more request may ask now. If the circuit is open and its time is over, this request tests
    /// whether Logto answers. If Logto did not answer, only a request with `heeds_silence` is held back.
    pub fn begin(&mut self, now: Instant, heeds_silence: bool) -> Begin {
        match self.open_until {
            None if self.asking >= MAX_UNCERTAIN && !self.is_known(now) => return Begin::Later,
            Some(_) if self.refusal.is_none() && !heeds_silence => {}
            Some(until) if now < until => return Begin::Held(self.refusal.clone()),
            Some(_) => self.open_until = Some(now + BACKOFF),
            None => {}
        }
        self.asking += 1;
        Begin::Now
    }

    /// Has a request ask that has waited for long enough.
    pub fn begin_anyway(&mut self) {
        self.asking += 1;
    }

    /// A request that began has ended.
    pub fn end(&mut self) {
        self.asking -= 1;
    }

    /// Whether Logto has answered a moment ago.
    fn is_known(&self, now: Instant) -> bool {
        self.answered_at.is_some_and(|at| now < at + KNOWN_FOR)
    }

    /// How long it is until Logto is asked again.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        let wait = self.open_until?.saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }

    /// Logto gave no answer that can be used. Whether the circuit was closed before.
    pub fn open(&mut self, now: Instant, wait: Option<Duration>) -> bool {
        let opens = self.open_until.is_none();
        self.open_until = Some(now + wait.unwrap_or_default().max(BACKOFF));
        self.refusal = None;
        self.answered_at = None;
        opens
    }

    /// Logto refuses the application, with this error code.
    pub fn refuse(&mut self, now: Instant, code: &str) -> ApplicationRefusal {
        let opens = self.open_until.is_none();
        self.open_until = Some(now + BACKOFF);
        self.answered_at = None;
        let is_news = self.refusal.replace(code.to_owned()).as_deref() != Some(code);
        ApplicationRefusal { opens, is_news }
    }

    /// Logto has answered. Whether the circuit was open before.
    pub fn close(&mut self, now: Instant) -> bool {
        let closes = self.open_until.is_some();
        *self = Self { answered_at: Some(now), asking: self.asking, ..Self::default() };
        closes
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

    fn begun(state: &mut CircuitState, now: Instant, count: usize) -> usize {
        (0..count).filter(|_| state.begin(now, true) == Begin::Now).count()
    }

    #[test]
    fn an_open_circuit_lets_no_request_ask_and_says_for_how_long() {
        let (mut state, now) = opened(None);
        assert!(!state.may_ask(now));
        assert_eq!(state.begin(now, true), Begin::Held(None));
        assert_eq!(state.remaining(now + Duration::from_secs(10)), Some(Duration::from_secs(20)));
    }

    #[test]
    fn when_the_time_is_over_one_tries_and_the_others_do_not() {
        let (mut state, now) = opened(None);
        let later = now + BACKOFF;
        assert!(state.may_ask(later));
        assert_eq!(begun(&mut state, later, 20), 1);
        assert!(!state.may_ask(later));
    }

    #[test]
    fn a_try_without_an_outcome_is_followed_by_another_one() {
        let (mut state, now) = opened(None);
        assert_eq!(begun(&mut state, now + BACKOFF, 20), 1);
        assert_eq!(begun(&mut state, now + 2 * BACKOFF, 20), 1);
    }

    #[test]
    fn it_stays_open_for_as_long_as_logto_says_but_no_shorter_than_otherwise() {
        for (said, wait) in [(0, 30), (5, 30), (45, 45)] {
            let (state, now) = opened(Some(Duration::from_secs(said)));
            assert!(!state.may_ask(now + Duration::from_secs(wait - 1)), "{said}");
            assert!(state.may_ask(now + Duration::from_secs(wait)), "{said}");
        }
    }

    #[test]
    fn an_answer_closes_it_at_once() {
        let (mut state, now) = opened(None);
        state.close(now);
        assert_eq!(begun(&mut state, now, 20), 20);
    }

    #[test]
    fn a_refusal_of_the_application_holds_back_tokens_too_and_is_news_once() {
        let (mut state, now) = (CircuitState::default(), Instant::now());
        assert!(state.refuse(now, "invalid_client").is_news);
        assert!(!state.refuse(now, "invalid_client").is_news);
        assert!(state.refuse(now, "invalid_request").is_news, "another one");
        assert!(!state.may_ask(now));
        assert_eq!(state.may_ask_for_a_token(now), Err("invalid_request".into()));
        assert_eq!(state.begin(now, false), Begin::Held(Some("invalid_request".into())));
        assert_eq!(state.may_ask_for_a_token(now + BACKOFF), Ok(()));
        assert_eq!(state.begin(now + BACKOFF, false), Begin::Now);
        assert!(!state.may_ask(now + BACKOFF), "one tries");
        state.close(now);
        assert!(state.may_ask(now) && state.refuse(now, "invalid_request").is_news, "news again");
    }

    #[test]
    fn a_silence_holds_back_no_tokens() {
        let (mut state, now) = opened(None);
        assert_eq!(state.may_ask_for_a_token(now), Ok(()));
        assert!((0..20).all(|_| state.begin(now, false) == Begin::Now));
        assert!(!state.may_ask(now));
    }

    #[test]
    fn two_ask_until_it_is_known_whether_logto_answers_and_then_all() {
        let (mut state, now) = (CircuitState::default(), Instant::now());
        assert_eq!(begun(&mut state, now, 20), 2);
        assert_eq!(state.begin(now, false), Begin::Later);
        state.end();
        assert_eq!(begun(&mut state, now, 20), 1, "for one that brought no news");
        state.close(now);
        assert_eq!(begun(&mut state, now, 20), 20);
        for _ in 0..22 {
            state.end();
        }
        assert_eq!(begun(&mut state, now + KNOWN_FOR, 20), 2, "a while later it is not known");
        state.begin_anyway();
        state.end();
        assert_eq!(begun(&mut state, now + KNOWN_FOR, 20), 0);
    }
}
