//! [`Queue`]: the order in which the token requests of one session are made, and which of them need
//! not be made.
//!
//! A state machine: it waits for nothing and reads no clock. An [`Entry`](super::Entry) holds it under
//! its lock, and [`turn`](super::turn) wakes the tasks that it names.
//!
//! # Protocol
//!
//! 1. A task that wants something of Logto calls [`enter`](Queue::enter) and waits until
//!    [`has_turn`](Queue::has_turn). Turns are given in the order of entering, one at a time.
//! 2. With the turn it asks [`settled`](Queue::settled). An answer means that no request is made:
//!    the one before brought what is wanted, Logto refused it a moment ago, or Logto is not to be
//!    asked for a while.
//! 3. Otherwise it calls [`begin`](Queue::begin), makes the request, and reports the outcome by
//!    [`claims_came`](Queue::claims_came), [`token_came`](Queue::token_came),
//!    [`refuse`](Queue::refuse) or [`pause`](Queue::pause).
//! 4. It calls [`leave`](Queue::leave), which names the next task. A place that is given up while
//!    waiting is left by the same call.
//!
//! Requests are numbered by `begin`. Claims count as newer than a call if they came with a request
//! that began after the call: one that was under way may have been answered before.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::session::cached_token::TokenTarget;

/// How many refusals are remembered for one session.
const MAX_REFUSALS: usize = 100;

/// What a token request is made for.
pub(in crate::session) enum Purpose {
    /// An access token.
    AccessToken(TokenTarget, Use),
    /// What Logto knows of the user.
    Claims(Freshness),
}

/// What an access token is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Use {
    /// To be sent. It must be good for a while.
    Call,
    /// To decide by its scopes. It must have been fetched within this time, too, and after the last
    /// mark of the session.
    Decision(Option<Duration>),
}

/// How new claims must be.
pub(in crate::session) enum Freshness {
    /// Logto has confirmed them no longer ago than this.
    ConfirmedWithin(Duration),
    /// They came with a request that began after the one of this number.
    After(u64),
}

/// Why no request is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Settled {
    /// The session has ended.
    Over,
    /// What is wanted is there.
    There,
    /// Logto refused it a moment ago, with this code.
    Refused(String),
    /// Logto is not asked for so long, because it did not answer.
    Paused(Duration),
}

/// What the session itself is like when its turn has come.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct Standing {
    pub is_over: bool,
    /// Whether there is an access token that is good for a while, or claims that were confirmed in
    /// time, whichever is wanted.
    pub is_there: bool,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ticket(u64);

/// The token requests of one session.
#[derive(Default)]
pub(super) struct Queue {
    /// The first one has the turn.
    places: VecDeque<Ticket>,
    entered: u64,
    /// How many requests have begun, and which of them brought the claims.
    begun: u64,
    claims_by: u64,
    refusals: HashMap<TokenTarget, (String, Instant)>,
    retry_at: Option<Instant>,
}

impl Queue {
    /// Takes the last place.
    pub fn enter(&mut self) -> Ticket {
        let ticket = Ticket(self.entered);
        self.entered += 1;
        self.places.push_back(ticket);
        ticket
    }

    pub fn has_turn(&self, ticket: Ticket) -> bool {
        self.places.front() == Some(&ticket)
    }

    /// Gives up a place, with or without the turn. Answers with the one that has the turn by it.
    pub fn leave(&mut self, ticket: Ticket) -> Option<Ticket> {
        if self.has_turn(ticket) {
            self.places.pop_front();
            return self.places.front().copied();
        }
        self.places.retain(|waiting| *waiting != ticket);
        None
    }

    /// Why no request is made for this purpose; `None` if one is to be made.
    pub fn settled(&self, purpose: &Purpose, standing: Standing, now: Instant) -> Option<Settled> {
        if standing.is_over {
            return Some(Settled::Over);
        }
        let is_there = match purpose {
            Purpose::AccessToken(target, _) => {
                if let Some(code) = self.refusal(target, now) {
                    return Some(Settled::Refused(code.to_owned()));
                }
                standing.is_there
            }
            Purpose::Claims(Freshness::ConfirmedWithin(_)) => standing.is_there,
            Purpose::Claims(Freshness::After(number)) => self.claims_by > *number,
        };
        if is_there {
            return Some(Settled::There);
        }
        self.paused(now).map(Settled::Paused)
    }

    /// Notes that a request begins, and gives it a number.
    pub fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// The number of the request that began last.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Notes that claims came with the request of this number.
    pub fn claims_came(&mut self, number: u64) {
        self.claims_by = number;
    }

    /// Notes that an access token came.
    pub fn token_came(&mut self, target: &TokenTarget) {
        self.refusals.remove(target);
    }

    /// Remembers for a while that Logto refused an access token, and with which code.
    pub fn refuse(&mut self, target: TokenTarget, code: String, now: Instant, time: Duration) {
        if self.refusals.len() >= MAX_REFUSALS {
            self.refusals.clear();
        }
        self.refusals.insert(target, (code, now + time));
    }

    /// Forgets all refusals: the user's rights may have changed.
    pub fn forget_refusals(&mut self) {
        self.refusals.clear();
    }

    /// Makes no request until `wait` has passed.
    pub fn pause(&mut self, now: Instant, wait: Duration) {
        self.retry_at = Some(now + wait);
    }

    fn refusal(&self, target: &TokenTarget, now: Instant) -> Option<&str> {
        let (code, until) = self.refusals.get(target)?;
        (now < *until).then_some(code)
    }

    fn paused(&self, now: Instant) -> Option<Duration> {
        let wait = self.retry_at?.saturating_duration_since(now);
        (!wait.is_zero()).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const NOTHING: Standing = Standing { is_over: false, is_there: false };
    const THERE: Standing = Standing { is_over: false, is_there: true };

    fn token(resource: &str) -> TokenTarget {
        TokenTarget { resource: Some(resource.into()), organization: None }
    }

    fn for_token(resource: &str) -> Purpose {
        Purpose::AccessToken(token(resource), Use::Call)
    }

    fn claims_after(number: u64) -> Purpose {
        Purpose::Claims(Freshness::After(number))
    }

    #[test]
    fn the_first_has_the_turn_and_the_others_follow_in_the_order_they_came() {
        let mut queue = Queue::default();
        let [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
        assert_eq!([first, second, third].map(|it| queue.has_turn(it)), [true, false, false]);
        assert_eq!(queue.leave(first), Some(second));
        assert!(queue.has_turn(second));
        assert_eq!(queue.leave(second), Some(third));
        assert_eq!(queue.leave(third), None);
        let next = queue.enter();
        assert!(queue.has_turn(next));
    }

    #[test]
    fn a_place_given_up_while_waiting_delays_and_wakes_no_other() {
        let mut queue = Queue::default();
        let [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
        assert_eq!(queue.leave(second), None);
        assert!(queue.has_turn(first));
        assert_eq!(queue.leave(first), Some(third));
    }

    #[test]
    fn nothing_is_settled_at_first() {
        let (queue, now) = (Queue::default(), Instant::now());
        for purpose in [for_token("a"), claims_after(0)] {
            assert_eq!(queue.settled(&purpose, NOTHING, now), None);
        }
    }

    #[test]
    fn what_is_there_takes_no_request() {
        let (queue, now) = (Queue::default(), Instant::now());
        let within = Purpose::Claims(Freshness::ConfirmedWithin(MINUTE));
        for purpose in [for_token("a"), within] {
            assert_eq!(queue.settled(&purpose, THERE, now), Some(Settled::There));
        }
    }

    #[test]
    fn an_ended_session_asks_for_nothing_whatever_is_there() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
        queue.pause(now, MINUTE);
        let over = Standing { is_over: true, is_there: true };
        assert_eq!(queue.settled(&for_token("a"), over, now), Some(Settled::Over));
    }

    #[test]
    fn claims_of_a_request_that_had_begun_before_do_not_count() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        let under_way = queue.begin();
        let after = queue.begun();
        queue.claims_came(under_way);
        assert_eq!(queue.settled(&claims_after(after), NOTHING, now), None);
        let next = queue.begin();
        queue.claims_came(next);
        assert_eq!(queue.settled(&claims_after(after), NOTHING, now), Some(Settled::There));
    }

    #[test]
    fn a_refusal_stands_for_its_time_and_for_its_target_only() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
        let refused = Some(Settled::Refused("access_denied".into()));
        assert_eq!(queue.settled(&for_token("a"), THERE, now), refused);
        assert_eq!(queue.settled(&for_token("b"), NOTHING, now), None);
        assert_eq!(queue.settled(&for_token("a"), NOTHING, now + MINUTE), None);
    }

    #[test]
    fn a_token_that_came_and_new_rights_end_a_refusal() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
        queue.refuse(token("b"), "access_denied".into(), now, MINUTE);
        queue.token_came(&token("a"));
        assert_eq!(queue.settled(&for_token("a"), NOTHING, now), None);
        queue.forget_refusals();
        assert_eq!(queue.settled(&for_token("b"), NOTHING, now), None);
    }

    #[test]
    fn a_pause_tells_how_long_it_lasts_and_holds_back_nothing_that_is_there() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.pause(now, MINUTE);
        let later = now + Duration::from_secs(45);
        let left = Settled::Paused(Duration::from_secs(15));
        assert_eq!(queue.settled(&for_token("a"), NOTHING, later), Some(left));
        assert_eq!(queue.settled(&for_token("a"), THERE, later), Some(Settled::There));
        assert_eq!(queue.settled(&for_token("a"), NOTHING, now + MINUTE), None);
    }

    #[test]
    fn refusals_are_bounded() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for number in 0..3 * MAX_REFUSALS {
            queue.refuse(token(&number.to_string()), String::new(), now, MINUTE);
            assert!(queue.refusals.len() <= MAX_REFUSALS);
        }
    }
}
