//! [`Ages`] and [`Rank`]: how long entries are remembered, and which go first.

use std::time::{Duration, Instant};

/// How long entries are remembered.
#[derive(Clone, Copy, Debug)]
pub(in crate::session::memory) struct Ages {
    /// After the last use, if the browser or the store has its newest state.
    pub seen: Duration,
    /// After the last use, if neither has. Forgetting it brings older claims back, so it is no less than
    /// the time after which these are confirmed again.
    pub unseen: Duration,
    /// After its beginning, if it holds the only refresh token, or if older cookies hold another one. Where
    /// there is no room, the latter go as all others do.
    pub irreplaceable: Duration,
}

/// The order in which entries are removed: whether the entry has the only refresh token, and when it was last used.
pub(super) type Rank = (bool, Instant);
