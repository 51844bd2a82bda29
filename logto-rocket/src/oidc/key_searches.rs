//! [`KeySearches`]: how often the key set is fetched again for a key that is not in it.
//!
//! A token that names an unknown key may be signed by a new one, or be forged. What anybody can post
//! must not use up what real sign-ins need, so there are three budgets.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often keys are searched in [`WINDOW`] for tokens that came from Logto's token endpoint. More than
/// once, because Logto may rotate its keys again and again.
const OWN_SEARCHES: u32 = 5;

/// The time for [`OWN_SEARCHES`].
const WINDOW: Duration = Duration::from_secs(30);

/// The time between two searches for tokens that anybody can post. Such tokens wait for the next one:
/// Logto posts a logout token once.
const STRANGERS_PAUSE: Duration = Duration::from_secs(1);

/// The time between two searches for access tokens that anybody can present. In between they are refused:
/// a program gets another one, or presents it again.
const PRESENTED_PAUSE: Duration = Duration::from_secs(5);

/// How often keys are searched.
#[derive(Default)]
pub(super) struct KeySearches {
    own: Mutex<Own>,
    presented: Mutex<Option<Instant>>,
    /// Ticks when keys may be searched, from the first search on.
    strangers: sync::Mutex<Option<Interval>>,
}

/// The searches for tokens that came from Logto.
#[derive(Default)]
struct Own {
    since: Option<Instant>,
    made: u32,
}

/// The right to search keys for a token that anybody can post. Only one task has it at a time.
pub(super) struct StrangersTurn<'s>(sync::MutexGuard<'s, Option<Interval>>);

impl KeySearches {
    /// Whether keys may be searched for a token that came from Logto, which is then noted.
    pub(super) fn may_search(&self, now: Instant) -> bool {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).may_search(now)
    }

    /// Whether keys may be searched for an access token that anybody can present, which is then noted.
    pub(super) fn may_search_for_presented(&self, now: Instant) -> bool {
        let mut last = self.presented.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now >= last + PRESENTED_PAUSE);
        if may {
            *last = Some(now);
        }
        may
    }

    /// Waits for the turn of a token that anybody can post.
    pub(super) async fn strangers_turn(&self) -> StrangersTurn<'_> {
        StrangersTurn(self.strangers.lock().await)
    }
}

impl Own {
    fn may_search(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now >= since + WINDOW) {
            *self = Self { since: Some(now), made: 0 };
        }
        self.made += 1;
        self.made <= OWN_SEARCHES
    }
}

impl StrangersTurn<'_> {
    /// Waits until a search is allowed, and notes it.
    pub(super) async fn search(&mut self) {
        let allowed = self.0.get_or_insert_with(|| {
            let mut allowed = interval(STRANGERS_PAUSE);
            allowed.set_missed_tick_behavior(MissedTickBehavior::Delay);
            allowed
        });
        allowed.tick().await;
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn tokens_of_logto_may_search_some_times_and_again_when_the_time_is_over() {
        let (searches, now) = (KeySearches::default(), Instant::now());
        let allowed = |now| (0..100).filter(|_| searches.may_search(now)).count();
        assert_eq!(allowed(now), 5);
        assert_eq!(allowed(now + WINDOW / 2), 0);
        assert_eq!(allowed(now + WINDOW), 5);
    }

    #[test]
    fn presented_tokens_may_search_once_in_a_while_and_use_up_none_of_logtos() {
        let (searches, now) = (KeySearches::default(), Instant::now());
        let allowed = |now| (0..100).filter(|_| searches.may_search_for_presented(now)).count();
        assert_eq!(allowed(now), 1);
        assert_eq!(allowed(now + PRESENTED_PAUSE / 2), 0);
        assert_eq!(allowed(now + PRESENTED_PAUSE), 1);
        assert!(searches.may_search(now));
    }

    #[tokio::test]
    async fn a_stranger_waits_for_the_next_search_and_uses_up_none_of_logtos() {
        let searches = KeySearches::default();
        searches.strangers_turn().await.search().await;
        let mut turn = searches.strangers_turn().await;
        let mut next = pin!(turn.search());
        assert!(next.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(searches.may_search(Instant::now()));
        next.await;
    }
}
