//! [`Session`]: what a signed-in browser carries, and [`Sessions`], the session service.

mod cached_token;
mod cookie;
mod end;
mod load;
mod memory;
mod renewal;
mod secret;
#[expect(clippy::module_inception, reason = "it is what the room is about")]
mod session;
mod settings;
mod store;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ::cookie::Key;

pub(crate) use cached_token::{Audience, Token};
pub(crate) use cookie::cookies::CookieWrite;
pub(crate) use cookie::flow::{FLOW_LIFETIME, Flow, Flows, find as find_flow};
pub(crate) use cookie::names::Names;
pub(crate) use cookie::vault::Vault;
pub(crate) use load::Presented;
pub(crate) use memory::cache::OpenedSessions;
pub(crate) use memory::ended::{Ended, Verdict};
pub(crate) use memory::registry::Live;
pub(crate) use memory::used_codes::Spent;
pub(crate) use renewal::circuit::Outage;
pub(crate) use secret::Secret;
pub(crate) use session::{Asked, Session, SignInOrigin, USUAL_SCOPES};
pub(crate) use settings::{Settings, StoreSettings};
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "redis")]
pub(crate) use store::RedisUrl;
pub use store::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};

use crate::claims::Claims;
use crate::clock::Clock;
use crate::events::Events;
use crate::oidc::Oidc;

/// The least time between two writes of a session that only say when it was last seen. Of one that
/// ends unused after less than twice as much, it is half of that.
const ROLLING: u64 = 60;

/// The session service: how sessions are sealed, which are known to this process, and which have
/// ended.
pub(crate) struct Sessions {
    pub names: Names,
    pub vault: Vault,
    pub clock: Clock,
    pub clock_skew: Duration,
    pub oidc: Arc<Oidc>,
    pub secure: bool,
    pub settings: Settings,
    /// Where sessions are stored, if not in cookies.
    pub store: Option<Arc<dyn SessionStore>>,
    pub live: Live,
    pub opened: OpenedSessions,
    pub outage: Outage,
    pub ended: Ended,
    pub warned_of_size: AtomicBool,
    events: Arc<Events>,
}

/// The site whose sessions they are.
pub(crate) struct Site<'s> {
    /// The application's id at Logto.
    pub app_id: &'s str,
    /// Where our routes are mounted.
    pub base: &'s str,
    pub is_https: bool,
    /// The first seals, all open.
    pub secret_keys: Vec<Key>,
    /// How far the clocks of other machines may be apart from this one.
    pub clock_skew: Duration,
}

impl Sessions {
    /// The session service of a site; without a store, sessions are in cookies.
    pub fn new(
        settings: Settings,
        site: Site<'_>,
        store: Option<Arc<dyn SessionStore>>,
        oidc: Arc<Oidc>,
        clock: Clock,
        events: Arc<Events>,
    ) -> Self {
        let Site { app_id, base, is_https, secret_keys, clock_skew } = site;
        Self {
            names: Names::new(is_https, settings.cookie.as_deref(), app_id, base),
            vault: Vault::new(secret_keys),
            clock,
            clock_skew,
            oidc,
            secure: is_https,
            live: Live::new(store.is_some()),
            store,
            opened: OpenedSessions::default(),
            outage: Outage::default(),
            ended: Ended::new(settings.max_lifetime),
            warned_of_size: AtomicBool::new(false),
            settings,
            events,
        }
    }

    /// Where what happens is reported.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Whether the session has not come to its end at this moment.
    pub fn is_alive(&self, session: &Session) -> bool {
        self.is_in_time(session, self.clock.now()) && self.ended.verdict(session) != Verdict::Ended
    }

    /// Whether the session is neither too old nor from the future.
    pub(in crate::session) fn is_in_time(&self, session: &Session, now: u64) -> bool {
        let latest = now.saturating_add(self.clock_skew.as_secs());
        let past = |at: u64| at <= latest;
        past(session.signed_in_at)
            && past(session.confirmed_at)
            && past(session.last_seen)
            && now.saturating_sub(session.signed_in_at) < self.settings.max_lifetime.as_secs()
            && !self.is_idle(session, now)
    }

    /// Whether it has not been written down for a while that the session is used.
    pub(in crate::session) fn is_unseen(&self, session: &Session, now: u64) -> bool {
        let idle = self.settings.idle_timeout.map_or(u64::MAX, |limit| limit.as_secs() / 2);
        now.saturating_sub(session.last_seen) >= ROLLING.min(idle)
    }

    /// Whether the session has not been used for too long.
    pub(in crate::session) fn is_idle(&self, session: &Session, now: u64) -> bool {
        let unused = || now.saturating_sub(session.last_seen);
        self.settings.idle_timeout.is_some_and(|limit| unused() >= limit.as_secs())
    }

    /// How often anything has become of any session: it has ended, or something newer is known of it.
    pub fn version(&self) -> u64 {
        self.ended.version().wrapping_add(self.live.version())
    }

    /// Ends the session, at once and for good: in this process, and in the store, if there is one.
    /// What it last knew is returned.
    pub async fn end(&self, session: &Arc<Session>) -> Arc<Session> {
        self.ended.end(&session.id, session.signed_in_at, self.clock.now());
        let newest = self.live.remove(&session.id).unwrap_or_else(|| Arc::clone(session));
        if let Err(error) = self.delete_stored(&session.id).await {
            log::warn!("The session {} has ended here, but: {error}", session.id);
        }
        newest
    }

    /// The claims that a session keeps, by `session.claims`.
    pub fn kept(&self, claims: Claims) -> Claims {
        if self.settings.claims.is_none() {
            return claims;
        }
        claims.filtered(|name| self.keeps(name)).unwrap_or(claims)
    }

    /// Whether a session keeps the claim. It always keeps how fresh the sign-in is, and the name by
    /// which Logto ends it.
    pub fn keeps(&self, claim: &str) -> bool {
        let kept = self.settings.claims.as_ref();
        let always = matches!(claim, "auth_time" | "sid");
        always || kept.is_none_or(|kept| kept.iter().any(|name| name == claim))
    }
}
