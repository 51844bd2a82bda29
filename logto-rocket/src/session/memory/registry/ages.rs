//! [`Ages`] and [`Rank`]: how long entries are remembered, and which go first.

use std::time::{Duration, Instant};

/// How long entries are remembered.
#[derive(Clone, Copy, Debug)]
pub(in crate::session::memory) struct Ages {
    /// After the last use, if the browser or the store has its newest state.
    pub seen: Duration,
    /// After the last use, if neither has its newest state. After the removal, older claims count again, so
    /// this is not less than the time after which claims must be confirmed.
    pub unseen: Duration,
    /// After the beginning of the session, if the entry holds the only refresh token, or if older cookies
    /// hold another one. If there is no room, an entry of the second kind is removed like any other.
    pub irreplaceable: Duration,
}

/// The order in which entries are removed: whether the entry has the only refresh token, and when it was last used.
pub(super) type Rank = (bool, Instant);
