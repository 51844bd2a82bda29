//! [`Session`]: what a signed-in browser carries, and [`Sessions`], which keeps them.

mod confirmation;
mod cookies;
mod ended;
mod ending;
mod flow;
mod kept;
mod lease;
mod live;
mod names;
mod opened;
mod outage;
mod presented;
mod renewal;
mod secret;
mod spent;
mod store;
mod text;
mod token;
mod token_request;
mod vault;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

pub(crate) use cookies::CookieWrite;
pub(crate) use ended::{Ended, Verdict};
pub(crate) use flow::{Asked, FLOW_LIFETIME, Flow, Flows, USUAL_SCOPES, find as find_flow};
pub(crate) use live::Live;
pub(crate) use names::Names;
pub(crate) use opened::OpenedSessions;
pub(crate) use outage::Outage;
pub(crate) use presented::Presented;
pub(crate) use secret::Secret;
pub(crate) use spent::Spent;
#[cfg(feature = "redis")]
pub use store::RedisStore;
#[cfg(feature = "redis")]
pub(crate) use store::RedisUrl;
pub use store::{MemoryStore, Record, Replaced, SessionStore, StoreError, StoreId, Stored};
pub(crate) use token::{Audience, Token};
pub(crate) use vault::Vault;

use crate::claims::Claims;
use crate::clock::Clock;
use crate::config::SessionSettings;
use crate::oidc::{Oidc, RawIdToken, RefreshToken};

/// The least time between two writes of a session that only say when it was last seen. Of one that
/// ends unused after less than twice as much, it is half of that.
const ROLLING: u64 = 60;

/// The public name of a session. It is no secret: knowing it opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(Arc<str>);

/// What a signed-in browser carries, sealed, in its cookies. `Session<()>` is one whose claims are
/// not read yet; see [`from_text`](Session::from_text).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session<C = Arc<Claims>> {
    #[serde(rename = "v")]
    format: Format,
    #[serde(rename = "i")]
    pub id: SessionId,
    /// Raised by every token request: whoever has the higher one is right.
    #[serde(rename = "g")]
    pub generation: u64,
    /// They are written behind the rest; see [`to_text`](Session::to_text).
    #[serde(skip)]
    pub claims: C,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<RefreshToken>,
    #[serde(rename = "q", default, skip_serializing_if = "is_default")]
    pub asked: Asked,
    #[serde(rename = "t")]
    pub signed_in_at: u64,
    #[serde(rename = "c")]
    pub confirmed_at: u64,
    #[serde(rename = "l")]
    pub last_seen: u64,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<RawIdToken>,
    /// In a store only: what all processes may use.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<(Audience, Token)>,
    /// In a store only: where the sign-in came from.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<SignInOrigin>,
    /// What the browser gets of a session that is in a store. Only the response of the sign-in
    /// knows it.
    #[serde(skip)]
    pub secret: Option<Secret>,
}

/// Where a sign-in came from, for the user to recognize it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignInOrigin {
    #[serde(rename = "i")]
    pub address: Option<IpAddr>,
    #[serde(rename = "u")]
    pub user_agent: Option<String>,
}

/// The format of what is sealed. Another one reads as signed out.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
struct Format;

const FORMAT: u8 = 1;

/// All sessions: how they are sealed, which live in this process, and which have ended.
pub(crate) struct Sessions {
    pub names: Names,
    pub vault: Vault,
    pub clock: Clock,
    pub clock_skew: Duration,
    pub oidc: Arc<Oidc>,
    pub secure: bool,
    pub settings: SessionSettings,
    /// Where sessions are kept, if not in cookies.
    pub store: Option<Arc<dyn SessionStore>>,
    pub live: Live,
    pub opened: OpenedSessions,
    pub outage: Outage,
    pub ended: Ended,
    pub warned_of_size: AtomicBool,
}

impl SessionId {
    pub(crate) fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()).into())
    }

    /// The session's name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Session {
    /// A session that begins now, under an id that nobody has seen before. It has no tokens yet.
    pub fn new(claims: Claims, asked: Asked, now: u64) -> Self {
        Self {
            format: Format,
            id: SessionId::random(),
            generation: 0,
            claims: Arc::new(claims),
            refresh_token: None,
            asked,
            signed_in_at: now,
            confirmed_at: now,
            last_seen: now,
            id_token: None,
            tokens: Vec::new(),
            origin: None,
            secret: None,
        }
    }

    /// Whether two are copies of one state of a session: generation, last use, confirmation and
    /// refresh token agree.
    fn is_same_as(&self, other: &Self) -> bool {
        let [token, others_token] =
            [self, other].map(|it| it.refresh_token.as_ref().map(RefreshToken::reveal));
        self.generation == other.generation
            && self.last_seen == other.last_seen
            && self.confirmed_at == other.confirmed_at
            && token == others_token
    }

    /// Whether Logto has told the claims no longer ago than this.
    fn is_confirmed_within(&self, limit: Duration, now: u64) -> bool {
        now.saturating_sub(self.confirmed_at) < limit.as_secs()
    }

    /// Makes it a session in a store, which the browser finds by this secret.
    pub fn keep_by(&mut self, secret: Secret) {
        self.id = secret.session_id();
        self.secret = Some(secret);
    }
}

impl Sessions {
    /// Whether the session has not come to its end at this moment.
    pub fn is_alive(&self, session: &Session) -> bool {
        self.is_in_time(session, self.clock.now()) && self.ended.verdict(session) != Verdict::Ended
    }

    /// Whether the session is neither too old nor from the future.
    fn is_in_time(&self, session: &Session, now: u64) -> bool {
        let latest = now.saturating_add(self.clock_skew.as_secs());
        let past = |at: u64| at <= latest;
        past(session.signed_in_at)
            && past(session.confirmed_at)
            && past(session.last_seen)
            && now.saturating_sub(session.signed_in_at) < self.settings.max_lifetime.as_secs()
            && !self.is_idle(session, now)
    }

    /// Whether it has not been written down for a while that the session is used.
    fn is_unseen(&self, session: &Session, now: u64) -> bool {
        let idle = self.settings.idle_timeout.map_or(u64::MAX, |limit| limit.as_secs() / 2);
        now.saturating_sub(session.last_seen) >= ROLLING.min(idle)
    }

    /// Whether the session has not been used for too long.
    fn is_idle(&self, session: &Session, now: u64) -> bool {
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

impl From<Format> for u8 {
    fn from(_: Format) -> Self {
        FORMAT
    }
}

impl TryFrom<u8> for Format {
    type Error = &'static str;

    fn try_from(version: u8) -> Result<Self, Self::Error> {
        if version == FORMAT { Ok(Self) } else { Err("a session of another version") }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
