//! [`Backoff`]: how long nothing is tried after a failure.

use std::time::Duration;

/// How long nothing is tried after a failure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    shortest: Duration,
    longest: Duration,
}

impl Backoff {
    /// The same after every failure.
    pub const fn constant(wait: Duration) -> Self {
        Self { shortest: wait, longest: wait }
    }

    /// Twice the one before, from `first` to `longest`.
    pub const fn doubling(first: Duration, longest: Duration) -> Self {
        Self { shortest: first, longest }
    }

    /// How long it is after a failure that follows one with the backoff `last`.
    pub fn after(self, last: Option<Duration>) -> Duration {
        last.map_or(self.shortest, |last| (last * 2).clamp(self.shortest, self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The backoffs, in seconds, after so many failures in a row.
    fn of(backoff: Backoff, failures: usize) -> Vec<u64> {
        let mut last = None;
        let waits = (0..failures).map(|_| {
            last = Some(backoff.after(last));
            last.unwrap().as_secs()
        });
        waits.collect()
    }

    #[test]
    fn a_doubling_backoff_grows_to_its_longest() {
        let backoff = Backoff::doubling(Duration::from_secs(1), Duration::from_secs(30));
        assert_eq!(of(backoff, 7), [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_constant_backoff_does_not_depend_on_the_one_before() {
        let backoff = Backoff::constant(Duration::from_secs(5));
        assert_eq!(of(backoff, 3), [5, 5, 5]);
        for last in [0, 1, 60].map(Duration::from_secs) {
            assert_eq!(backoff.after(Some(last)), Duration::from_secs(5));
        }
        assert_eq!(of(Backoff::constant(Duration::ZERO), 2), [0, 0]);
    }
}
