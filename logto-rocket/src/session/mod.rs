//! Sessions: the user of a browser, from the sign-in to the end.
//!
//! [`Sessions`] is the session service. It is made of layers, each of which uses only those below it:
//!
//! | module | question |
//! | --- | --- |
//! | `begin`, `load`, `end`, `renewal`, `stored_claims` | what is done with a session: the methods of [`Sessions`] |
//! | `backend` | where sessions live: in cookies or in a store |
//! | `store` | stores, and the sessions in them |
//! | `memory` | what this process knows |
//! | `cookie` | what travels |
//! | `session`, `cached_token`, `secret`, `lifetimes` | the types that all of them use |

mod backend;
mod begin;
mod cached_token;
mod cookie;
mod end;
mod lifetimes;
mod load;
mod memory;
mod renewal;
mod secret;
#[expect(clippy::module_inception, reason = "it is what the room is about")]
mod session;
mod settings;
mod store;
mod stored_claims;

use std::sync::Arc;
use std::time::Duration;

use ::cookie::Key;

use self::backend::Backend;
pub(crate) use self::backend::NotCreated;
pub(crate) use self::begin::{Begin, SignInAnswer};
#[cfg(feature = "testing")]
pub(crate) use self::cached_token::CachedTokens;
pub(crate) use self::cached_token::{CachedToken, TokenTarget};
pub(crate) use self::cookie::{
    AskedInFlow, CookieWrite, Flow, FlowSecret, MAX_RETURN_TO, PostLogout,
};
use self::cookie::{Attributes, Cookies, CookiesByHost, Naming, hash};
use self::lifetimes::{FLOW_LIFETIME, Lifetimes};
pub(crate) use self::load::Loaded;
pub(crate) use self::memory::{Exchanged, SignInResult};
use self::memory::{Marks, Memory, UsedCodes, Verdict};
use self::renewal::Circuit;
use self::secret::Secret;
pub(crate) use self::session::{Activity, Asked, Session, SignInOrigin, USUAL_SCOPES};
pub(crate) use self::settings::{Settings, StoreSettings};
pub(crate) use self::store::ObservedStore;
#[cfg(feature = "redis")]
pub use self::store::RedisStore;
#[cfg(feature = "redis")]
pub(crate) use self::store::RedisUrl;
pub(crate) use self::store::{CodeClaim, SignInCode};
pub use self::store::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};
use crate::clock::Clock;
use crate::error::Error;
use crate::events::Events;
use crate::host::HostId;
use crate::oidc::Oidc;
use crate::session_id::SessionId;

/// The session service.
pub(crate) struct Sessions {
    settings: Settings,
    cookies: Arc<CookiesByHost>,
    memory: Arc<Memory>,
    backend: Backend,
    store: Option<Arc<ObservedStore>>,
    lifetimes: Lifetimes,
    circuit: Circuit,
    oidc: Arc<Oidc>,
    clock: Clock,
    events: Arc<Events>,
}

/// The site whose sessions they are.
pub(crate) struct Site<'s> {
    /// The issuer, byte for byte.
    pub issuer: &'s str,
    /// The application's id at Logto.
    pub app_id: &'s str,
    /// Where browsers find our routes.
    pub base: &'s str,
    pub is_https: bool,
    /// The first host.
    pub first: SiteHost,
    /// The other hosts.
    pub others: Vec<SiteHost>,
    /// The first seals, all open.
    pub secret_keys: Vec<Key>,
    /// How far the clocks of other machines may be apart from this one.
    pub clock_skew: Duration,
}

/// One of the hosts of a site.
pub(crate) struct SiteHost {
    /// Its name, as far as that is known; with the port, if another host of the site has the same name.
    pub name: String,
    /// The port that browsers know it by, if the names of its cookies must differ by it, as far as that
    /// is known.
    pub port: Option<u16>,
}

impl Sessions {
    /// The session service of a site; without a store, sessions live in cookies.
    pub fn new(
        settings: Settings,
        site: Site<'_>,
        store: Option<Arc<ObservedStore>>,
        oidc: Arc<Oidc>,
        clock: Clock,
        events: Arc<Events>,
    ) -> Self {
        let Site { issuer, app_id, base, is_https, first, others, secret_keys, clock_skew } = site;
        let Settings { max_lifetime, idle_timeout, .. } = settings;
        let lifetimes = Lifetimes { max_lifetime, idle_timeout, clock_skew };
        let configured = settings.cookie.as_deref();
        let SiteHost { name, port } = &first;
        let naming = Naming { issuer, app_id, base, host: name, port: *port, configured };
        let others: Vec<_> = others
            .iter()
            .map(|SiteHost { name, port }| Naming { host: name, port: *port, ..naming })
            .collect();
        let attributes = Attributes {
            secure: is_https,
            same_site: settings.same_site,
            persistent: settings.persistent,
            max_bytes: settings.max_cookie_bytes,
        };
        let cookies =
            CookiesByHost::new(&naming, &others, &secret_keys, attributes, lifetimes, &clock);
        // Claims that were confirmed longer ago decide nothing anyway.
        let marks = Marks::new(settings.max_stale.unwrap_or(max_lifetime), clock_skew);
        let revalidate_after = settings.revalidate_after;
        let memory =
            Memory::new(store.is_some(), max_lifetime, revalidate_after, FLOW_LIFETIME, marks);
        let (cookies, memory) = (Arc::new(cookies), Arc::new(memory));
        let owner = store_owner([issuer, app_id, base]);
        let backend = Backend::new(
            store.clone().map(|store| (store, owner)),
            Arc::clone(&cookies),
            Arc::clone(&memory),
            lifetimes,
            clock.clone(),
            Arc::clone(&events),
        );
        let circuit = Circuit::default();
        Self { settings, cookies, memory, backend, store, lifetimes, circuit, oidc, clock, events }
    }

    /// Makes this the store, where it is built while the application launches.
    pub fn store_is(&self, store: Arc<dyn SessionStore>) {
        if let Some(observed) = &self.store {
            observed.is(store);
        }
    }

    /// Whether the store answers, if there is one.
    pub async fn store_answers(&self) -> Option<Result<(), StoreError>> {
        let unknown = Secret::random().session_id().store_id();
        Some(self.store.as_ref()?.load(&unknown).await.map(drop))
    }

    /// Whether sessions are in a store.
    pub fn has_store(&self) -> bool {
        self.store.is_some()
    }

    /// Whether the store keeps what is written to it, if there is one.
    pub async fn try_store(&self) -> Option<Result<(), StoreError>> {
        Some(self.store.as_ref()?.round_trip(self.clock.now()).await)
    }

    /// The cookies of sessions, of sign-ins under way and of sign-outs at a host.
    pub fn cookies(&self, host: HostId) -> &Cookies {
        self.cookies.of(host)
    }

    /// The sign-ins whose code was exchanged.
    pub fn used_codes(&self) -> &UsedCodes {
        &self.memory.used_codes
    }

    /// Logto.
    pub fn oidc(&self) -> &Arc<Oidc> {
        &self.oidc
    }

    /// Where what happens is reported.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The sessions of a user that are in the store and not over.
    ///
    /// # Errors
    ///
    /// [`Error::NoSessionStore`] if there is none, [`Error::Store`].
    pub async fn list_by_sub(&self, sub: &str) -> Result<Vec<Arc<Session>>, Error> {
        let sessions = self.backend.list_by_sub(sub).await?.into_iter();
        Ok(sessions.filter(|it| it.claims.sub == sub && self.is_alive(it)).collect())
    }

    /// How often anything has changed: a session has ended, or something newer is known of one.
    pub fn version(&self) -> u64 {
        self.memory.version()
    }

    /// The newest that is known of a session, if that is more than its browser has.
    pub fn newest(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.memory.registry.newest(id)
    }

    /// Whether the session has ended before its time.
    pub fn is_ended(&self, session: &Session) -> bool {
        self.memory.ended.verdict(session) == Verdict::Ended
    }

    /// Whether the session is neither over nor ended at this moment.
    pub fn is_alive(&self, session: &Session) -> bool {
        self.lifetimes.is_in_time(session, self.clock.now()) && !self.is_ended(session)
    }
}

/// What the names that a store knows begin with, so that applications can share one.
fn store_owner(owner: [&str; 3]) -> String {
    hash(&owner.join("\n"))[..12].to_owned()
}
