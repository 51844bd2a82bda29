//! What this process knows of sessions. All of it is bounded, and ends with the process.
//!
//! | memory | holds | keyed by |
//! | --- | --- | --- |
//! | [`SessionCache`] | decrypted sessions, so that a second request decrypts nothing | the text that the browser sent |
//! | [`Registry`] | the newest state of sessions that this process made tokens or changes for | session id |
//! | [`EndedSessions`] | the sessions that ended before their time | session id, `sid`, `sub` |
//! | [`Marks`] | what Logto has reported of users, so that older claims decide nothing | `sub` |
//! | [`UsedCodes`] | the sign-ins whose code was exchanged | hash of the sign-in's state |
//!
//! # Who calls, in what order
//!
//! A request (`session/load.rs`) reads [`Memory::version`], opens its session through the cache, reconciles
//! it with the registry, and asks the ended sessions for a verdict, in this order. As long as the version
//! stays the same, none of the answers has changed: a later guard of the same request, and its response, only
//! compare the version.
//!
//! A token request (`session/renewal`) takes the turn of the session's [`Entry`], and puts its result into
//! the entry. The next request with this session gets the result when it reconciles.
//!
//! An ending (`session/end.rs`) is noted in the ended sessions, then removes the entry from the
//! registry, then deletes the record in the store, in this order. A request asks for a verdict after
//! it has read the session, and again before a response writes it; a token request asks before it is
//! sent and before its answer is taken. So each of them either sees the ending or comes before it.
//!
//! # What may run at once
//!
//! All of this, for any number of sessions and requests. Each memory has a lock of its own, and no lock is
//! held across an `await`. Two locks are held together in one place only: the registry's, then that of an
//! entry. The session's turn covers a token request and the write of its result. The turn is not a lock: a
//! task holds it across `await`s, and reading does not need it. See [`queue`].
//!
//! # Generations
//!
//! Each token request raises the generation of its session. Of two copies of a session the one with
//! the higher generation is right, whichever browser, process or store it comes from; the only
//! exception is in [`registry`]: changes that the store does not have yet.

mod cache;
mod ended;
mod marks;
mod queue;
mod registry;
mod turn;
mod unopened;
mod used_codes;

use std::time::Duration;

pub(super) use self::cache::{CachedSession, SessionCache};
pub(super) use self::ended::{EndedSessions, Verdict};
pub(super) use self::marks::{Concern, Mark, Marks};
pub(super) use self::queue::{Freshness, Purpose, Settled, Use};
use self::registry::Ages;
pub(super) use self::registry::{Entry, Registry};
use self::unopened::Unopened;
pub(crate) use self::used_codes::{Exchanged, SignInResult, UsedCodes};

/// How long what is not needed is remembered for the case that it is.
const HOUR: Duration = Duration::from_secs(3600);

/// What this process knows of sessions.
pub(super) struct Memory {
    pub cache: SessionCache,
    pub unopened: Unopened,
    pub registry: Registry,
    pub ended: EndedSessions,
    pub marks: Marks,
    pub used_codes: UsedCodes,
}

impl Memory {
    /// An empty one, but for the marks. `shared` if sessions are in a store that other processes may write to.
    pub fn new(
        shared: bool,
        max_lifetime: Duration,
        revalidate_after: Option<Duration>,
        flow_lifetime: Duration,
        marks: Marks,
    ) -> Self {
        let ages = Ages {
            seen: HOUR,
            unseen: revalidate_after.map_or(max_lifetime, |after| after.max(HOUR)),
            irreplaceable: max_lifetime,
        };
        Self {
            cache: SessionCache::default(),
            unopened: Unopened::default(),
            registry: Registry::new(shared, ages),
            ended: EndedSessions::new(max_lifetime),
            marks,
            used_codes: UsedCodes::new(flow_lifetime),
        }
    }

    /// How often anything has changed: a session has ended, or something newer is known of one.
    pub fn version(&self) -> u64 {
        self.ended.version().wrapping_add(self.registry.version())
    }
}
