//! The one source of time: a wall clock that never runs backwards, and a monotonic clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

/// The clocks that this crate uses for all times.
///
/// Times in cookies, records and tokens come from [`now()`](Clock::now). Times that only this
/// process uses come from [`instant()`](Clock::instant). Clones share their time.
#[derive(Clone, Debug)]
pub struct Clock {
    launched: Instant,
    launched_at: Duration,
    moved: Option<Arc<Moved>>,
    said_that_it_is_ahead: Arc<AtomicBool>,
}

/// If the clock of this process is ahead of the system's clock by more than this, the log says so. Smaller
/// corrections are usual.
const USUAL_CORRECTION: Duration = Duration::from_secs(60);

/// The most that a test can move a clock, in seconds: about 34,000 years. All times of a clock that was moved
/// this far can still be counted in milliseconds, and times can be added to them.
#[cfg(feature = "testing")]
const MAX_MOVED: u64 = 1 << 40;

/// How far a movable clock has been moved, in seconds, and whether it stands still otherwise.
#[derive(Debug, Default)]
struct Moved {
    frozen: bool,
    ahead: AtomicU64,
    wall_back: AtomicU64,
    /// Tells those that wait that the clock was moved.
    changed: Notify,
}

impl Moved {
    fn ahead(&self) -> Duration {
        Duration::from_secs(self.ahead.load(Ordering::Acquire))
    }
}

impl Clock {
    /// The clocks of this machine.
    ///
    /// ```
    /// let clock = logto_rocket::Clock::system();
    /// assert!(clock.now() > 1_700_000_000);
    /// ```
    pub fn system() -> Self {
        Self {
            launched: Instant::now(),
            launched_at: since_epoch(),
            moved: None,
            said_that_it_is_ahead: Arc::default(),
        }
    }

    /// The default clock of an application: that of this machine. In builds for tests, a test can move it.
    pub(crate) fn usual() -> Self {
        #[cfg(all(feature = "testing", debug_assertions))]
        return Self::movable();
        #[cfg(not(all(feature = "testing", debug_assertions)))]
        Self::system()
    }

    /// The time of day in whole seconds since the Unix epoch.
    ///
    /// The result is the later of two times: the system's clock, and the launch time plus the time elapsed
    /// since. If the system clock is set back, expired sessions and tokens therefore do not become valid again.
    pub fn now(&self) -> u64 {
        let elapsed = self.launched_at + self.instant().duration_since(self.launched);
        let system = match &self.moved {
            None => since_epoch(),
            Some(moved) => {
                let system = if moved.frozen { self.launched_at } else { since_epoch() };
                let back = Duration::from_secs(moved.wall_back.load(Ordering::Acquire));
                (system + moved.ahead()).saturating_sub(back)
            }
        };
        let ahead = elapsed.saturating_sub(system);
        if ahead > USUAL_CORRECTION {
            self.say_that_it_is_ahead(ahead);
        }
        system.max(elapsed).as_secs()
    }

    /// Logs once that the system's clock was set back, which this process does not follow.
    fn say_that_it_is_ahead(&self, ahead: Duration) {
        if self.said_that_it_is_ahead.swap(true, Ordering::Relaxed) {
            return;
        }
        let ahead = humantime::format_duration(Duration::from_secs(ahead.as_secs()));
        log::warn!(
            "the clock of this machine is {ahead} behind the time of this process: it was ahead at \
             the launch, or has been set back since. Sessions and tokens use the later time, so \
             that no expired one becomes valid again. If the clock is right now, restart this process."
        );
    }

    /// Waits until so much time has passed.
    pub(crate) async fn sleep(&self, time: Duration) {
        let Some(moved) = &self.moved else { return tokio::time::sleep(time).await };
        let until = self.instant() + time;
        loop {
            let changed = moved.changed.notified();
            let left = until.saturating_duration_since(self.instant());
            if left.is_zero() {
                return;
            }
            if moved.frozen {
                changed.await;
            } else {
                tokio::time::timeout(left, changed).await.ok();
            }
        }
    }

    /// The monotonic time, for times that only this process uses.
    pub fn instant(&self) -> Instant {
        match &self.moved {
            None => Instant::now(),
            Some(moved) if moved.frozen => self.launched + moved.ahead(),
            Some(moved) => Instant::now() + moved.ahead(),
        }
    }
}

/// Clocks that a test moves.
#[cfg(feature = "testing")]
impl Clock {
    /// A clock that starts at the system's time, runs like it, and can be moved. Use it for tests
    /// with servers whose clocks also run.
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

    /// A clock that stops at the current system time until it is moved. Use it for tests that must
    /// control the time, however long they take.
    ///
    /// ```
    /// use std::time::Duration;
    /// use logto_rocket::Clock;
    ///
    /// let clock = Clock::frozen();
    /// let before = clock.now();
    /// clock.advance(Duration::from_secs(600));
    /// assert_eq!(clock.now(), before + 600);
    /// ```
    pub fn frozen() -> Self {
        let moved = Moved { frozen: true, ..Moved::default() };
        Self { moved: Some(Arc::new(moved)), ..Self::system() }
    }

    /// Moves both clocks ahead by the whole seconds of `time`. All calls together move them by 2⁴⁰ seconds
    /// (about 34,000 years) at most; what exceeds that has no effect.
    ///
    /// # Panics
    ///
    /// If this is the clock of this machine, [`system()`](Clock::system).
    pub fn advance(&self, time: Duration) {
        add(&self.moved().ahead, time);
        self.moved().changed.notify_waiters();
    }

    /// Sets the system's clock back by the whole seconds of `time`, as an administrator or a broken time server
    /// would. The monotonic clock does not change. As in [`advance()`](Clock::advance), what exceeds 2⁴⁰ seconds
    /// has no effect.
    ///
    /// # Panics
    ///
    /// If this is the clock of this machine, [`system()`](Clock::system).
    pub fn set_back(&self, time: Duration) {
        add(&self.moved().wall_back, time);
    }

    fn moved(&self) -> &Moved {
        self.moved.as_deref().expect("only a clock of a test is moved")
    }
}

/// Adds the whole seconds of a time, up to [`MAX_MOVED`].
#[cfg(feature = "testing")]
fn add(moved: &AtomicU64, time: Duration) {
    let add = |before: u64| Some(before.saturating_add(time.as_secs()).min(MAX_MOVED));
    // The closure always gives a value, so there is no error.
    moved.fetch_update(Ordering::AcqRel, Ordering::Acquire, add).ok();
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_clock_set_back_does_not_run_backwards() {
        for clock in [Clock::movable(), Clock::frozen()] {
            clock.advance(Duration::from_secs(100));
            let before = clock.now();
            clock.set_back(Duration::from_secs(10_000));
            assert!(clock.now() >= before);
        }
    }

    #[test]
    fn a_clock_that_is_moved_by_any_time_stays_usable() {
        for clock in [Clock::movable(), Clock::frozen()] {
            let (before, instant) = (clock.now(), clock.instant());
            for time in [Duration::MAX, Duration::from_secs(11), Duration::MAX] {
                clock.advance(time);
                assert!(clock.now() >= before + MAX_MOVED);
                assert!(clock.instant() >= instant + Duration::from_secs(MAX_MOVED));
            }
            clock.set_back(Duration::MAX);
            clock.set_back(Duration::MAX);
            assert!(clock.now() >= before + MAX_MOVED);
        }
    }

    #[tokio::test]
    async fn who_waits_by_a_frozen_clock_waits_until_it_was_moved_far_enough() {
        let clock = Clock::frozen();
        let mut sleep = Box::pin(clock.sleep(Duration::from_secs(10)));
        for _ in 0..9 {
            assert!(poll(&mut sleep).is_pending());
            clock.advance(Duration::from_secs(1));
        }
        assert!(poll(&mut sleep).is_pending());
        clock.advance(Duration::from_secs(1));
        assert!(poll(&mut sleep).is_ready());
    }

    fn poll(sleep: &mut (impl Future<Output = ()> + Unpin)) -> Poll<()> {
        Pin::new(sleep).poll(&mut Context::from_waker(Waker::noop()))
    }
}
