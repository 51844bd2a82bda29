//! [`Queue`]: the order in which the token requests of one session are made, and which of them need
//! not be made.
//!
//! A state machine: it waits for nothing and reads no clock. An [`Entry`](super::Entry) holds it under
//! its lock, and [`turn`](super::turn) wakes the tasks that it names.
//!
//! # Protocol
//!
//! 1. A task that needs a token or claims from Logto calls [`enter`](Queue::enter) and waits until
//!    [`has_turn`](Queue::has_turn). Turns are given in the order of entering, one at a time.
//! 2. When the task has the turn, it calls [`settled`](Queue::settled). If this returns an answer, the task
//!    makes no request: an earlier request brought what the task needs, Logto refused it a moment ago, or the
//!    session must not ask Logto for a while.
//! 3. Otherwise the task calls [`begin`](Queue::begin), makes the request, and reports the outcome by
//!    [`claims_came`](Queue::claims_came), [`token_came`](Queue::token_came), [`refuse`](Queue::refuse) or
//!    [`pause`](Queue::pause).
//! 4. The task calls [`leave`](Queue::leave), which returns the next task. A task that stops waiting makes
//!    the same call.
//!
//! Requests are numbered by `begin`. Claims count as newer than a call if their request began after the call.
//! Logto may have answered an earlier request before the call.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::session::cached_token::TokenTarget;

/// How many refusals are remembered for one session.
const MAX_REFUSALS: usize = 100;

/// How many organizations may be refused at once. A path names them, so a user can make up any number.
const MAX_REFUSED_ORGANIZATIONS: usize = 10;

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
    /// For a call. The token must be valid for some time.
    Call,
    /// To decide by its scopes. It must also have been fetched within this time, and after the last mark of
    /// the session.
    Decision(Option<Duration>),
}

/// How new claims must be.
pub(in crate::session) enum Freshness {
    /// Logto has confirmed them no longer ago than this.
    ConfirmedWithin(Duration),
    /// They came with a request that began after the one of this number.
    After(u64),
    /// They came with a request that began when there were at least this many [marks](super::Marks), and that
    /// set a mark in the session.
    Since(u64),
}

/// Why no request is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::session) enum Settled {
    /// The session has ended.
    Over,
    /// The wanted token or claims are there.
    There,
    /// Logto refused it a moment ago, with this code.
    Refused(String),
    /// Logto is not asked for so long, because of what came a moment ago.
    Paused(Duration, String),
}

/// The state of the session when its turn has come.
#[derive(Clone, Copy, Debug)]
pub(in crate::session) struct Standing {
    pub is_over: bool,
    /// Whether the session has what is wanted: an access token that is valid for a while, or claims that were
    /// confirmed in time.
    pub is_there: bool,
    /// Whether the organization that is asked about is one of the user's, by the claims.
    pub is_own_organization: bool,
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
    retry_at: Option<(Instant, String)>,
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
            Purpose::Claims(Freshness::ConfirmedWithin(_) | Freshness::Since(_)) => {
                standing.is_there
            }
            Purpose::Claims(Freshness::After(number)) => self.claims_by > *number,
        };
        if is_there {
            return Some(Settled::There);
        }
        let refused = self.organizations_refused(purpose, now);
        let refused = refused.filter(|_| !standing.is_own_organization).map(|wait| {
            (wait, "it has refused tokens for many organizations a moment ago".to_owned())
        });
        self.paused(now).max(refused).map(|(wait, why)| Settled::Paused(wait, why))
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
            self.refusals.retain(|_, (_, until)| now < *until);
        }
        if self.refusals.len() >= MAX_REFUSALS {
            self.refusals.clear();
        }
        self.refusals.insert(target, (code, now + time));
    }

    /// Forgets all refusals: the user's rights may have changed.
    pub fn forget_refusals(&mut self) {
        self.refusals.clear();
    }

    /// Makes no request until `wait` has passed, because of `why`.
    pub fn pause(&mut self, now: Instant, wait: Duration, why: String) {
        self.retry_at = Some((now + wait, why));
    }

    fn refusal(&self, target: &TokenTarget, now: Instant) -> Option<&str> {
        let (code, until) = self.refusals.get(target)?;
        (now < *until).then_some(code)
    }

    /// How long it is until another organization may be asked about, if too many were refused.
    fn organizations_refused(&self, purpose: &Purpose, now: Instant) -> Option<Duration> {
        let Purpose::AccessToken(TokenTarget { organization: Some(_), .. }, _) = purpose else {
            return None;
        };
        let refused = self.refusals.iter().filter(|(target, _)| target.organization.is_some());
        let mut ends: Vec<_> =
            refused.map(|(_, (_, until))| *until).filter(|until| now < *until).collect();
        ends.sort_unstable_by(|one, other| other.cmp(one));
        let end = ends.get(MAX_REFUSED_ORGANIZATIONS - 1)?;
        Some(end.saturating_duration_since(now))
    }

    fn paused(&self, now: Instant) -> Option<(Duration, String)> {
        let (retry_at, why) = self.retry_at.as_ref()?;
        let wait = retry_at.saturating_duration_since(now);
        (!wait.is_zero()).then(|| (wait, why.clone()))
    }
}
