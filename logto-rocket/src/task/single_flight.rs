//! [`SingleFlight`]: whether a caller starts the work, joins a run of it or has to wait.
//!
//! Its owner keeps it under one lock, together with the result of the work. A caller that does not find the
//! result
//!
//! 1. [enters](SingleFlight::enter) under the lock: a flight (one run of the work) is joined if one
//!    is under way, the last failure is the answer until its backoff is over, and otherwise a flight
//!    is started;
//! 2. releases the lock and waits for the handle of the flight.
//!
//! Then the work itself, or the callers that wait for it, report under the lock how the flight with their
//! number has ended: [`succeed`](SingleFlight::succeed), [`fail`](SingleFlight::fail), or `release` if
//! neither must be remembered. Reports may come late, twice and in any order. A report for another flight
//! than the current one changes nothing, and its result must not be stored. If the work can end without a
//! report, callers [discard](SingleFlight::release_if) such a flight before they enter.
//!
//! All is decided at once and from the arguments alone. `H` is the handle of a flight, `E` the error
//! of one that failed; both are cheap to clone.

use std::time::{Duration, Instant};

use super::Backoff;

/// One run of the work at a time, with a backoff after a failure.
#[derive(Debug)]
pub(crate) struct SingleFlight<H, E> {
    /// The number of the newest flight. The first is 1.
    newest: u64,
    /// The newest flight, from its start until its end has been reported.
    under_way: Option<H>,
    /// The last failure since the last success.
    failure: Option<Failure<E>>,
}

/// One run of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flight<H> {
    pub number: u64,
    pub handle: H,
}

/// Why a flight failed, and when the next one may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure<E> {
    number: u64,
    backoff: Duration,
    pub error: E,
    pub until: Instant,
}

/// What a caller has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry<H, E> {
    /// Wait for the flight that it has started.
    Started(Flight<H>),
    /// Wait for the flight that was under way.
    Joined(Flight<H>),
    /// Make do with the failure.
    Paused(Failure<E>),
}

impl<H, E> Default for SingleFlight<H, E> {
    fn default() -> Self {
        Self { newest: 0, under_way: None, failure: None }
    }
}

impl<H: Clone, E: Clone> SingleFlight<H, E> {
    /// Joins the flight under way or, if there is none and no backoff, starts one with the handle
    /// that `start` makes for its number.
    pub fn enter(&mut self, now: Instant, start: impl FnOnce(u64) -> H) -> Entry<H, E> {
        if let Some(flight) = self.under_way() {
            return Entry::Joined(flight);
        }
        match &self.failure {
            Some(failure) if now < failure.until => Entry::Paused(failure.clone()),
            _ => Entry::Started(self.start(start)),
        }
    }

    /// Starts a flight whatever the backoff. One that is under way counts no longer.
    pub fn start(&mut self, start: impl FnOnce(u64) -> H) -> Flight<H> {
        self.newest += 1;
        let handle = start(self.newest);
        self.under_way = Some(handle.clone());
        Flight { number: self.newest, handle }
    }

    /// The flight under way.
    pub fn under_way(&self) -> Option<Flight<H>> {
        let handle = self.under_way.clone()?;
        Some(Flight { number: self.newest, handle })
    }

    /// The last failure since the last success, though its backoff may be over.
    pub fn failure(&self) -> Option<&Failure<E>> {
        self.failure.as_ref()
    }

    /// The flight has brought a value; there is no backoff. Whether the value is the newest.
    #[must_use = "the value of a late flight is not to be kept"]
    pub fn succeed(&mut self, number: u64) -> bool {
        let is_newest = self.end(number);
        if is_newest {
            self.failure = None;
        }
        is_newest
    }

    /// The flight has failed; none starts until the backoff is over.
    pub fn fail(&mut self, number: u64, error: E, backoff: Backoff, now: Instant) {
        if self.end(number) {
            let backoff = backoff.after(self.failure.as_ref().map(|failure| failure.backoff));
            self.failure = Some(Failure { number, backoff, error, until: now + backoff });
        }
    }

    /// Forgets the newest flight, whether it is in progress or has failed, so that the next caller starts
    /// another. Earlier results stay.
    #[cfg(any(test, feature = "redis"))]
    pub fn release(&mut self, number: u64) {
        if number == self.newest {
            self.under_way = None;
            self.failure.take_if(|failure| failure.number == number);
        }
    }

    /// Forgets the flight under way if its handle says that no result will come.
    pub fn release_if(&mut self, is_aborted: impl FnOnce(&H) -> bool) {
        if self.under_way.as_ref().is_some_and(is_aborted) {
            self.under_way = None;
        }
    }

    /// Whether the flight was under way. It is no longer.
    fn end(&mut self, number: u64) -> bool {
        number == self.newest && self.under_way.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Machine = SingleFlight<u64, &'static str>;

    const SECOND: Duration = Duration::from_secs(1);
    const BACKOFF: Backoff = Backoff::doubling(SECOND, Duration::from_secs(3));

    /// A caller enters. The handle of a flight is ten times its number.
    fn enter(machine: &mut Machine, now: Instant) -> Entry<u64, &'static str> {
        machine.enter(now, |number| 10 * number)
    }

    fn flight(number: u64) -> Flight<u64> {
        Flight { number, handle: 10 * number }
    }

    fn fail(machine: &mut Machine, number: u64, now: Instant) {
        machine.fail(number, "away", BACKOFF, now);
    }

    /// A machine with a flight under way.
    fn started() -> (Machine, Instant) {
        let (mut machine, now) = (Machine::default(), Instant::now());
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(1)));
        (machine, now)
    }

    /// A machine with a failure.
    fn failed() -> (Machine, Instant) {
        let (mut machine, now) = started();
        fail(&mut machine, 1, now);
        (machine, now)
    }

    #[test]
    fn the_first_caller_starts_a_flight_and_the_others_join() {
        let (mut machine, now) = started();
        for later in [now, now + 100 * SECOND] {
            let joined = machine.enter(later, |_| panic!("a second flight"));
            assert_eq!(joined, Entry::Joined(flight(1)));
        }
        assert_eq!(machine.under_way(), Some(flight(1)));
    }

    #[test]
    fn after_a_success_the_next_caller_starts_another() {
        let (mut machine, now) = started();
        assert!(machine.succeed(1));
        assert_eq!(machine.under_way(), None);
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(2)));
    }

    #[test]
    fn a_failure_is_the_answer_until_its_backoff_is_over() {
        let (mut machine, now) = failed();
        let until = now + SECOND;
        let failure = Failure { number: 1, backoff: SECOND, error: "away", until };
        for early in [now, now + SECOND / 2] {
            assert_eq!(enter(&mut machine, early), Entry::Paused(failure));
        }
        assert_eq!(machine.under_way(), None);
        assert_eq!(enter(&mut machine, until), Entry::Started(flight(2)));
        assert_eq!(machine.failure(), Some(&failure), "until the flight has ended");
    }

    #[test]
    fn the_backoff_grows_with_the_failures_in_a_row_and_ends_with_a_success() {
        let (mut machine, mut now) = (Machine::default(), Instant::now());
        for (number, backoff) in [(1, 1), (2, 2), (3, 3), (4, 3)] {
            assert_eq!(enter(&mut machine, now), Entry::Started(flight(number)));
            fail(&mut machine, number, now);
            let until = machine.failure().unwrap().until;
            assert_eq!(until - now, backoff * SECOND);
            now = until;
        }
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(5)));
        assert!(machine.succeed(5));
        assert_eq!(machine.failure(), None);
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(6)));
        fail(&mut machine, 6, now);
        assert_eq!(machine.failure().unwrap().until, now + SECOND);
    }

    #[test]
    fn a_flight_can_be_started_in_spite_of_a_backoff() {
        let (mut machine, now) = failed();
        assert_eq!(machine.start(|number| 10 * number), flight(2));
        assert_eq!(enter(&mut machine, now), Entry::Joined(flight(2)));
        fail(&mut machine, 2, now);
        assert_eq!(machine.failure().unwrap().until, now + 2 * SECOND, "the second in a row");
    }

    #[test]
    fn a_flight_that_is_released_leaves_nothing_behind() {
        let (mut machine, now) = started();
        machine.release(1);
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(2)));
        fail(&mut machine, 2, now);
        machine.release(2);
        assert_eq!(machine.failure(), None);
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(3)));
    }

    #[test]
    fn a_flight_that_is_released_leaves_the_failure_before_it() {
        let (mut machine, now) = failed();
        let failure = *machine.failure().unwrap();
        assert_eq!(enter(&mut machine, failure.until), Entry::Started(flight(2)));
        machine.release(2);
        assert_eq!(machine.failure(), Some(&failure));
        assert_eq!(enter(&mut machine, now), Entry::Paused(failure));
    }

    #[test]
    fn a_flight_without_a_result_is_discarded_by_its_handle() {
        let (mut machine, now) = started();
        machine.release_if(|handle| *handle != 10);
        assert_eq!(enter(&mut machine, now), Entry::Joined(flight(1)));
        machine.release_if(|handle| *handle == 10);
        assert_eq!(enter(&mut machine, now), Entry::Started(flight(2)));
        assert!(machine.succeed(2));
        machine.release_if(|_| panic!("no flight is under way"));
    }

    /// Every report of a flight that another has followed, in every state of the other.
    #[test]
    fn a_late_report_changes_nothing() {
        let reports: [fn(&mut Machine, Instant); 3] = [
            |machine, _| assert!(!machine.succeed(1)),
            |machine, now| machine.fail(1, "late", BACKOFF, now),
            |machine, _| machine.release(1),
        ];
        let ends: [fn(&mut Machine, Instant); 4] = [
            |_, _| {},
            |machine, _| assert!(machine.succeed(2)),
            |machine, now| fail(machine, 2, now),
            |machine, _| machine.release(2),
        ];
        for report in reports {
            for end in ends {
                let (mut machine, now) = started();
                machine.release(1);
                assert_eq!(enter(&mut machine, now), Entry::Started(flight(2)));
                end(&mut machine, now);
                let before = format!("{machine:?}");
                report(&mut machine, now + SECOND);
                assert_eq!(format!("{machine:?}"), before);
            }
        }
    }

    #[test]
    fn only_the_first_report_of_an_end_counts() {
        let (mut machine, now) = failed();
        let failure = *machine.failure().unwrap();
        fail(&mut machine, 1, now + SECOND);
        assert!(!machine.succeed(1));
        assert_eq!(machine.failure(), Some(&failure));
    }
}
