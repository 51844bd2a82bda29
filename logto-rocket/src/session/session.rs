//! [`Session`]: what a signed-in browser carries, or leads to in a store.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cached_token::{CachedTokens, is_zero};
use super::secret::Secret;
use crate::claims::Claims;
use crate::oidc::{RawIdToken, RefreshToken};
use crate::session_id::SessionId;

/// The session of a signed-in browser, stored encrypted in its cookies. `Session<()>` is one whose
/// claims are not read yet; see [`from_text`](Session::from_text).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session<C = Arc<Claims>> {
    #[serde(rename = "v")]
    pub(super) format: Format,
    #[serde(rename = "i")]
    pub id: SessionId,
    /// Raised by every token request: of two copies of a session, the one with the higher generation
    /// is right.
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
    /// How often the application asked that nothing from before decide any more. An access token from
    /// before the last mark is still good for calls, but its scopes decide nothing here.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    pub marks: u32,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<RawIdToken>,
    /// Only with a store: the tokens that all processes may use.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: CachedTokens,
    /// In a store only: where the sign-in came from.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<SignInOrigin>,
    /// What the browser gets of a session that is in a store. Only the response of the sign-in
    /// has it.
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

/// The format of what is sealed. A session in another format reads as signed out.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub(super) struct Format;

const FORMAT: u8 = 1;

/// What a sign-in asked of Logto.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The scopes, separated by spaces; empty means `openid offline_access profile`.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    scopes: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// The scopes of every sign-in that does not say otherwise.
pub(crate) const USUAL_SCOPES: [&str; 3] = ["openid", "offline_access", "profile"];

impl Asked {
    pub fn new(scopes: &[String], resources: &[String]) -> Self {
        let scopes = if scopes == USUAL_SCOPES { String::new() } else { scopes.join(" ") };
        Self { scopes, resources: resources.to_vec() }
    }

    /// The scopes, separated by spaces.
    pub fn scopes(&self) -> String {
        if self.scopes.is_empty() { USUAL_SCOPES.join(" ") } else { self.scopes.clone() }
    }

    /// Whether the resource was asked for.
    pub fn has_resource(&self, resource: &str) -> bool {
        self.resources.iter().any(|asked| asked == resource)
    }

    /// The scopes, one by one.
    pub fn each_scope(&self) -> impl Iterator<Item = &str> {
        let usual = USUAL_SCOPES.into_iter().filter(|_| self.scopes.is_empty());
        usual.chain(self.scopes.split_whitespace())
    }

    /// Whether the scope was asked for.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.each_scope().any(|asked| asked == scope)
    }
}

impl Session {
    /// A session that begins now, under a new id. It has no tokens yet.
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
            marks: 0,
            id_token: None,
            tokens: Vec::new(),
            origin: None,
            secret: None,
        }
    }

    /// Whether two copies of a session are in the same state: generation, last use, confirmation and
    /// refresh token agree.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let [token, others_token] =
            [self, other].map(|it| it.refresh_token.as_ref().map(RefreshToken::reveal));
        self.generation == other.generation
            && self.last_seen == other.last_seen
            && self.confirmed_at == other.confirmed_at
            && token == others_token
    }

    /// Whether Logto has confirmed the claims no longer ago than this.
    pub fn is_confirmed_within(&self, limit: Duration, now: u64) -> bool {
        now.saturating_sub(self.confirmed_at) < limit.as_secs()
    }

    /// Makes it a session in a store, which the browser finds by this secret.
    pub fn find_by(&mut self, secret: Secret) {
        self.id = secret.session_id();
        self.secret = Some(secret);
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
