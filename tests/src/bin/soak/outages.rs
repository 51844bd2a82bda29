//! [`Outages`]: when something was away, and how long it took until all was served again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rocket::tokio::time::{Instant, interval};

/// How long after Redis answers again an answer may fail that needs it: a call is given up after three
/// seconds, and after one that failed late no token request of that session asks Redis for three more.
const AFTER_REDIS: Duration = Duration::from_secs(10);

/// How long after Logto answers again: its circuit, and a session whose token request was not answered,
/// pause for thirty seconds by design; a request that began at the last moment takes some more.
const AFTER_LOGTO: Duration = Duration::from_secs(40);

/// How long after this program was not run, in which the provider is: as long as after Logto was silent.
const AFTER_STALL: Duration = AFTER_LOGTO;

/// How often this program looks whether it is run, and how late it may be.
const TICK: Duration = Duration::from_millis(50);
const STALL: Duration = Duration::from_millis(500);

/// What was away or slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Of the application with sessions there.
    Redis,
    Logto,
    /// This machine, which did not run this program: it cannot tell what that did to the application.
    Machine,
}

/// All outages of a round.
#[derive(Default)]
pub struct Outages(Mutex<Vec<Outage>>);

/// One of them.
#[derive(Clone)]
pub struct Outage {
    pub what: &'static str,
    pub part: Part,
    pub begun: Instant,
    pub ended: Option<Instant>,
    /// How many requests were not served because of it.
    pub unserved: u64,
    /// How long after its end the last of these was asked for.
    pub recovery: Duration,
}

impl Part {
    /// How long after its end it still excuses what is not served.
    pub fn grace(self) -> Duration {
        match self {
            Self::Redis => AFTER_REDIS,
            Self::Logto => AFTER_LOGTO,
            Self::Machine => AFTER_STALL,
        }
    }
}

impl Outages {
    pub fn begin(&self, what: &'static str, part: Part) {
        self.note(Outage::new(what, part, Instant::now()));
    }

    /// Ends those of this part.
    pub fn end(&self, part: Part) {
        let now = Instant::now();
        for outage in self.lock().iter_mut().filter(|outage| outage.part == part) {
            outage.ended.get_or_insert(now);
        }
    }

    /// Whether one of them excuses that something was not served that was asked for then and is given up
    /// now. It counts for the one that began last; for the machine only if nothing else was away.
    pub fn excuse(&self, with_redis: bool, asked: Instant) -> bool {
        let mut outages = self.lock();
        let covering = outages.iter_mut().filter(|outage| outage.covers(with_redis, asked));
        let excuse = covering.max_by_key(|outage| (outage.part != Part::Machine, outage.begun));
        let is_excused = excuse.is_some();
        if let Some(outage) = excuse {
            outage.unserved += 1;
            if let Some(ended) = outage.ended.filter(|ended| asked > *ended) {
                outage.recovery = outage.recovery.max(asked - ended);
            }
        }
        is_excused
    }

    /// Whether one of them was on between then and now, or is not yet over for certain.
    pub fn touch(&self, with_redis: bool, since: Instant) -> bool {
        self.lock().iter().any(|outage| outage.covers(with_redis, since))
    }

    pub fn all(&self) -> Vec<Outage> {
        self.lock().clone()
    }

    /// Looks for ever whether this program is run, and notes when it was not.
    pub async fn watch_the_machine(&self) {
        let mut ticks = interval(TICK);
        let mut last = ticks.tick().await;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            if now.duration_since(last) > STALL {
                let stall =
                    Outage::new("the machine does not run this program", Part::Machine, last);
                self.note(Outage { ended: Some(now), ..stall });
            }
            last = now;
        }
    }

    fn note(&self, outage: Outage) {
        self.lock().push(outage);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Outage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outage {
    fn new(what: &'static str, part: Part, begun: Instant) -> Self {
        Self { what, part, begun, ended: None, unserved: 0, recovery: Duration::ZERO }
    }

    /// Whether it concerns what was asked for then and is answered now.
    fn covers(&self, with_redis: bool, asked: Instant) -> bool {
        let concerns = with_redis || self.part != Part::Redis;
        concerns && self.ended.is_none_or(|ended| asked < ended + self.part.grace())
    }
}
