//! The one source of time: a wall clock that never runs backwards, and a monotonic clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The clocks that everything in this crate is timed by.
///
/// What is sealed or comes in a token is timed by [`now()`](Clock::now), what lives in the process
/// by [`instant()`](Clock::instant). Clones share their time.
#[derive(Clone, Debug)]
pub struct Clock {
    launched: Instant,
    launched_at: Duration,
    moved: Option<Arc<Moved>>,
}

/// How far a movable clock has been moved, in seconds.
#[derive(Debug, Default)]
struct Moved {
    ahead: AtomicU64,
    wall_back: AtomicU64,
}

impl Clock {
    /// The clocks of this machine.
    ///
    /// ```
    /// let clock = logto_rocket::Clock::system();
    /// assert!(clock.now() > 1_700_000_000);
    /// ```
    pub fn system() -> Self {
        Self { launched: Instant::now(), launched_at: since_epoch(), moved: None }
    }

    /// The time of day in whole seconds since the Unix epoch.
    ///
    /// It is the later of the system's clock and the launch time plus what has elapsed since, so
    /// that a system clock that is set back revives nothing that has expired.
    pub fn now(&self) -> u64 {
        let elapsed = self.launched_at + self.launched.elapsed();
        let (system, elapsed) = match &self.moved {
            None => (since_epoch(), elapsed),
            Some(moved) => {
                let ahead = Duration::from_secs(moved.ahead.load(Ordering::Acquire));
                let back = Duration::from_secs(moved.wall_back.load(Ordering::Acquire));
                ((since_epoch() + ahead).saturating_sub(back), elapsed + ahead)
            }
        };
        system.max(elapsed).as_secs()
    }

    /// The monotonic time, for what lives in this process only.
    pub fn instant(&self) -> Instant {
        match &self.moved {
            None => Instant::now(),
            Some(moved) => {
                Instant::now() + Duration::from_secs(moved.ahead.load(Ordering::Acquire))
            }
        }
    }
}

/// Clocks that a test moves.
#[cfg(feature = "testing")]
impl Clock {
    /// A clock that starts at the system's time and can be moved.
    ///
    /// ```
    /// use std::time::Duration;
    /// use logto_rocket::Clock;
    ///
    /// let clock = Clock::movable();
    /// let before = clock.now();
    /// clock.advance(Duration::from_secs(600));
    /// assert!(clock.now() >= before + 600);
    /// ```
    pub fn movable() -> Self {
        Self { moved: Some(Arc::default()), ..Self::system() }
    }

    /// Moves both clocks ahead by the whole seconds of `time`.
    ///
    /// # Panics
    ///
    /// If this clock is not [`movable()`](Clock::movable).
    pub fn advance(&self, time: Duration) {
        self.moved().ahead.fetch_add(time.as_secs(), Ordering::AcqRel);
    }

    /// Sets the system's clock back by the whole seconds of `time`, as an administrator or a
    /// broken time server would. The monotonic clock goes on.
    ///
    /// # Panics
    ///
    /// If this clock is not [`movable()`](Clock::movable).
    pub fn set_back(&self, time: Duration) {
        self.moved().wall_back.fetch_add(time.as_secs(), Ordering::AcqRel);
    }

    fn moved(&self) -> &Moved {
        self.moved.as_deref().expect("only a movable clock is moved")
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_does_not_run_backwards() {
        let clock = Clock::movable();
        clock.advance(Duration::from_secs(100));
        let before = clock.now();
        clock.set_back(Duration::from_secs(10_000));
        assert!(clock.now() >= before);
    }
}
