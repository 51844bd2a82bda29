//! [`LogoutTokenLimits`]: what keeps logout tokens from costing too much and from being used twice.

use std::net::IpAddr;
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::task::{Limits, Place, Places};

/// The maximum age of a logout token in seconds. Logto's tokens are valid for two minutes.
pub(super) const LONGEST_LIFE: u64 = 120;

/// The maximum number of signatures verified at once, and of those from one address. Any client can
/// post tokens, and the verification of a signature is expensive.
const TURNS: Limits = Limits { all: 4, of_one_address: 1 };

/// The maximum number of remembered tokens. They are remembered so that none is used twice.
const MAX_USED: u64 = 10_000;

/// Limits the cost of logout tokens and prevents their reuse.
pub(super) struct LogoutTokenLimits {
    turns: Places,
    used: Cache<String, ()>,
}

impl LogoutTokenLimits {
    pub(super) fn new(clock_skew: Duration) -> Self {
        // For as long as one could be used again.
        let remembered_for = Duration::from_secs(LONGEST_LIFE) + 2 * clock_skew;
        let used = Cache::builder()
            .max_capacity(MAX_USED)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(remembered_for)
            .build();
        Self { turns: Places::new(TURNS), used }
    }

    /// The right to verify one signature, in the order in which tokens come.
    pub(super) async fn turn(&self, address: Option<IpAddr>) -> Place {
        self.turns.place(address).await
    }

    /// Notes that the token with this `jti` is used; `false` if it has been used before.
    pub(super) fn use_once(&self, id: &String) -> bool {
        self.used.entry_by_ref(id).or_insert(()).is_fresh()
    }

    /// Forgets that a token was used.
    pub(super) fn forget(&self, id: &String) {
        self.used.invalidate(id);
    }
}
