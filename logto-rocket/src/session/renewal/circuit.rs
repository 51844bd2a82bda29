//! [`Outage`]: whether Logto answers those who confirm claims, for the whole process.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long nothing is tried after Logto gave no answer that can be used.
pub(in crate::session) const PAUSE: Duration = Duration::from_secs(30);

/// Until when nobody asks Logto to confirm claims, because it did not answer.
///
/// Old claims stand meanwhile. Once the time is over one request tries, and all others go on with
/// what they have until it has been answered.
pub(crate) struct Outage(watch::Sender<Option<Instant>>);

impl Default for Outage {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Outage {
    /// Whether this caller may ask. After an outage it is the one to find out whether it is over.
    pub fn may_ask(&self, now: Instant) -> bool {
        let mut may = true;
        self.0.send_if_modified(|until| {
            match until {
                None => {}
                Some(at) if now < *at => may = false,
                Some(at) => *at = now + PAUSE,
            }
            false
        });
        may
    }

    /// How long it is until Logto is asked again.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        let until = *self.0.borrow();
        until.map(|at| at.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    /// Logto gave no answer that can be used.
    pub fn begin(&self, now: Instant, wait: Option<Duration>) {
        self.0.send_replace(Some(now + wait.unwrap_or(PAUSE)));
    }

    /// Logto has answered.
    pub fn end(&self) {
        self.0.send_if_modified(|until| {
            *until = None;
            false
        });
    }

    /// Waits until somebody learns that Logto does not answer.
    pub async fn begins(&self) {
        let mut receiver = self.0.subscribe();
        if receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_an_outage_one_asks_and_the_others_wait_for_it() {
        let outage = Outage::default();
        let now = Instant::now();
        assert!(outage.may_ask(now) && outage.may_ask(now));
        outage.begin(now, None);
        assert!(!outage.may_ask(now));
        let later = now + PAUSE;
        assert!(outage.may_ask(later), "one finds out");
        assert!(!outage.may_ask(later), "the others do not");
        outage.end();
        assert!(outage.may_ask(later) && outage.may_ask(later));
    }
}
