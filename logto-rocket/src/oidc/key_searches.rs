//! [`KeySearches`]: how often Logto's key set (JWKS) is fetched again because a token names a key that is
//! not in it.
//!
//! Such a token is signed with a new key, or is forged. Tokens that any client can send must not use up the
//! requests that sign-ins need, so there are three separate limits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the key set is fetched in [`WINDOW`] for tokens from Logto's token endpoint. More than once,
/// because Logto may rotate its keys several times.
const OWN_SEARCHES: u32 = 5;

/// The time for [`OWN_SEARCHES`].
const WINDOW: Duration = Duration::from_secs(30);

/// The time between two fetches for logout tokens, which any client can post. A logout token waits for the
/// next fetch, because Logto posts it only once.
const STRANGERS_PAUSE: Duration = Duration::from_secs(1);

/// The time between two fetches for access tokens, which any client can present. In between, an access token
/// with an unknown key is refused, because a program can present it again.
const PRESENTED_PAUSE: Duration = Duration::from_secs(5);

/// How often the key set is fetched again.
#[derive(Default)]
pub(super) struct KeySearches {
    own: Mutex<Own>,
    presented: Mutex<Option<Instant>>,
    /// For logout tokens: ticks when the key set may be fetched, from the first fetch on.
    strangers: sync::Mutex<Option<Interval>>,
}

/// The fetches for tokens from Logto's token endpoint.
#[derive(Default)]
struct Own {
    since: Option<Instant>,
    made: u32,
}

/// The right to fetch the key set for a logout token. Only one task has it at a time.
pub(super) struct StrangersTurn<'s>(sync::MutexGuard<'s, Option<Interval>>);

impl KeySearches {
    /// Whether the key set may be fetched for a token from Logto's token endpoint. If so, the fetch is
    /// counted.
    pub(super) fn may_search(&self, now: Instant) -> bool {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).may_search(now)
    }

    /// Whether the key set may be fetched for an access token of a program. If so, the fetch is counted.
    pub(super) fn may_search_for_presented(&self, now: Instant) -> bool {
        let mut last = self.presented.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now >= last + PRESENTED_PAUSE);
        if may {
            *last = Some(now);
        }
        may
    }

    /// Waits for the turn of a logout token.
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
    /// Waits until a fetch is allowed, and counts it.
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
