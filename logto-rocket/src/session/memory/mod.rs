//! What this process knows of sessions. All of it is bounded, and ends with the process.
//!
//! | | holds | keyed by |
//! | --- | --- | --- |
//! | [`SessionCache`] | sessions as they were sealed, so that a second request decrypts nothing | the text that the browser sent |
//! | [`Registry`] | the newest state of sessions that this process made tokens or changes for | session id |
//! | [`EndedSessions`] | the sessions that ended before their time | session id, `sid`, `sub` |
//! | [`UsedCodes`] | the sign-ins whose code was exchanged | hash of the sign-in's state |
//!
//! # Who calls, in what order
//!
//! A request (`session/load.rs`) reads [`Memory::version`] first, then opens its session through the
//! cache, then has it reconciled with the registry, and then asks the ended sessions for a verdict.
//! As long as the version stays the same, nothing that it has seen has changed: a later guard of the
//! same request, and its response, compare the version and look no further.
//!
//! A token request (`session/renewal`) takes a turn at the session's [`Entry`], and leaves what it got
//! there. The next request of any browser finds it by reconciling.
//!
//! An ending (`session/end.rs`) is first noted in the ended sessions, then takes the entry out of the
//! registry, then deletes the record in the store. So whatever a request opens or a token request
//! brings after that is judged as ended: both ask for a verdict after they have read the session.
//!
//! # What may run at once
//!
//! Everything. Each memory has one lock, which is held for no `await` and while no other lock of this
//! module is taken, but that the registry's is held while those of its entries are. What belongs
//! together in time (one token request, and what is saved of it) goes by turns; see [`queue`].
//!
//! # Generations
//!
//! Each token request raises the generation of its session. Of two copies of a session the one with
//! the higher generation is right, whichever browser, process or store it comes from; the only
//! exception is in [`registry`]: changes that the store does not have yet.

mod cache;
mod ended;
mod queue;
mod registry;
mod turn;
mod used_codes;

use std::time::Duration;

pub(super) use self::cache::{CachedSession, SessionCache};
pub(super) use self::ended::{EndedSessions, Verdict};
pub(super) use self::queue::{Freshness, Purpose, Settled};
pub(super) use self::registry::{Entry, Registry};
pub(crate) use self::used_codes::{SignInResult, UsedCodes};

/// What this process knows of sessions.
pub(super) struct Memory {
    pub cache: SessionCache,
    pub registry: Registry,
    pub ended: EndedSessions,
    pub used_codes: UsedCodes,
}

impl Memory {
    /// An empty one. `shared` if sessions are in a store that other processes may write to.
    pub fn new(shared: bool, max_lifetime: Duration, flow_lifetime: Duration) -> Self {
        Self {
            cache: SessionCache::default(),
            registry: Registry::new(shared),
            ended: EndedSessions::new(max_lifetime),
            used_codes: UsedCodes::new(flow_lifetime),
        }
    }

    /// How often anything has changed: a session has ended, or something newer is known of one.
    pub fn version(&self) -> u64 {
        self.ended.version().wrapping_add(self.registry.version())
    }
}
