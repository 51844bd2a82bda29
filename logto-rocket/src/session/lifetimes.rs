//! [`Lifetimes`]: how long sessions live, and when their last use is written.

use std::time::Duration;

use super::session::Session;

/// How long a sign-in may take: as long as Logto waits for the user.
pub(super) const FLOW_LIFETIME: Duration = Duration::from_secs(3600);

/// How long a stream relies on a session whose claims are due already.
const SHORTEST_RELIANCE: Duration = Duration::from_secs(30);

/// How long the cookie of a sign-in is kept. The sign-in page at Logto can be used for an hour, so a callback
/// may come too late, and its page then still links to the requested page.
pub(super) const FLOW_KEPT: Duration = Duration::from_secs(FLOW_LIFETIME.as_secs() + 3000);

/// The minimum time, in seconds, between two writes of a session that only record when it was last seen. If
/// the idle timeout is less than twice this time, half of the idle timeout.
const ROLLING: u64 = 60;

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    /// From the sign-in on.
    pub max_lifetime: Duration,
    /// Without a request.
    pub idle_timeout: Option<Duration>,
    /// How far the clocks of other machines may be apart from this one.
    pub clock_skew: Duration,
}

impl Lifetimes {
    /// Whether the session is neither too old nor from the future.
    pub fn is_in_time(&self, session: &Session, now: u64) -> bool {
        let latest = now.saturating_add(self.clock_skew.as_secs());
        let past = |at: u64| at <= latest;
        past(session.signed_in_at)
            && past(session.confirmed_at)
            && past(session.last_seen)
            && now.saturating_sub(session.signed_in_at) < self.max_lifetime.as_secs()
            && !self.is_idle(session, now)
    }

    /// Whether the session has not been used for too long.
    pub fn is_idle(&self, session: &Session, now: u64) -> bool {
        let unused = || now.saturating_sub(session.last_seen);
        self.idle_timeout.is_some_and(|limit| unused() >= limit.as_secs())
    }

    /// Whether `last_seen` of a session that is in use is so old that it is to be written again.
    pub fn is_unseen(&self, session: &Session, now: u64) -> bool {
        let idle = self.idle_timeout.map_or(u64::MAX, |limit| limit.as_secs() / 2);
        now.saturating_sub(session.last_seen) >= ROLLING.min(idle)
    }

    /// How much longer the session can live at most.
    pub fn left(&self, session: &Session, now: u64) -> Duration {
        let over_at = session.signed_in_at.saturating_add(self.max_lifetime.as_secs());
        Duration::from_secs(over_at.saturating_sub(now))
    }

    /// How much longer the session is valid without another request: until it expires or its claims must be
    /// confirmed. If the claims had to be confirmed already at `begun`, it is valid for 30 seconds from then,
    /// so that a stream does not end and reconnect all the time while Logto does not answer.
    pub fn relied_on(
        &self,
        session: &Session,
        revalidate_after: Option<Duration>,
        begun: u64,
        now: u64,
    ) -> Duration {
        let since = |at: u64, limit: Duration| {
            Duration::from_secs(at.saturating_add(limit.as_secs()).saturating_sub(now))
        };
        let idle = self.idle_timeout.map(|limit| since(session.last_seen, limit));
        let due = revalidate_after.map(|limit| {
            let is_due_already = session.confirmed_at.saturating_add(limit.as_secs()) <= begun;
            let moment =
                if is_due_already { since(begun, SHORTEST_RELIANCE) } else { Duration::ZERO };
            since(session.confirmed_at, limit).max(moment)
        });
        [idle, due].into_iter().flatten().fold(self.left(session, now), Duration::min)
    }

    /// How much longer a store has the session, if it is not used again.
    pub fn ttl(&self, session: &Session, now: u64) -> Duration {
        let left = self.left(session, now).max(Duration::from_secs(1));
        self.idle_timeout.map_or(left, |idle| idle.min(left))
    }
}
