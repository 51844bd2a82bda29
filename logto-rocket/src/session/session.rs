//! [`Session`]: the session of a signed-in browser, in its cookies or in a store.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cached_token::CachedTokens;
use super::secret::Secret;
use crate::claims::Claims;
use crate::host::HostId;
use crate::names::scope;
use crate::oidc::{NonceHash, RawIdToken, RefreshToken};
use crate::session_id::SessionId;
use crate::session_values::SessionValues;

/// The session of a signed-in browser, stored encrypted in its cookies or in a store.
#[derive(Clone)]
pub(crate) struct Session {
    pub id: SessionId,
    /// The host for which it is encrypted. It is not valid at any other host.
    pub host: HostId,
    /// Every token request raises the generation. Of two copies of a session, the one with the higher
    /// generation is valid.
    pub generation: u64,
    pub claims: Arc<Claims>,
    /// The setting by which some claims were left out, as a hash; `None` if none were.
    pub claims_setting: Option<u32>,
    pub refresh_token: Option<RefreshToken>,
    /// The hash of the sign-in's nonce, if there is a refresh token: refreshed ID tokens may contain the nonce.
    pub nonce: Option<NonceHash>,
    pub asked: Asked,
    pub signed_in_at: u64,
    /// When Logto issued the ID token of the sign-in, by Logto's clock. Other times that Logto states are
    /// compared with this one.
    pub issued_at: u64,
    pub confirmed_at: u64,
    pub last_seen: u64,
    /// Whether the browser keeps the session after it is closed, if the sign-in chose.
    pub persistent: Option<bool>,
    /// How old the user's authentication at Logto was allowed to be, in seconds, if the sign-in asked for a
    /// recent one.
    pub max_age: Option<u64>,
    /// How often the application marked older claims and scopes as outdated. An access token from before the
    /// last mark can still be used for calls, but its scopes no longer decide a requirement.
    pub marks: u32,
    /// The values that the application stored at the sign-in. They do not change.
    pub values: Option<SessionValues>,
    pub id_token: Option<RawIdToken>,
    /// The access tokens that all processes share, if the session is in a store.
    pub tokens: CachedTokens,
    /// Where the sign-in came from, if the session is in a store.
    pub origin: Option<SignInOrigin>,
    /// The secret with which the browser finds its session in the store. Only the response to the sign-in
    /// contains it.
    pub secret: Option<Secret>,
}

/// What a request means for the idle timeout of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// It counts as a use of the session.
    Use,
    /// It does not count, because the page makes the request in the background.
    None,
}

/// Where a sign-in came from, for the user to recognize it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignInOrigin {
    #[serde(rename = "i")]
    pub address: Option<IpAddr>,
    #[serde(rename = "u")]
    pub user_agent: Option<String>,
}

/// What a sign-in asked Logto for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The scopes, separated by spaces; empty means `openid offline_access profile`.
    #[serde(
        rename = "p",
        default,
        skip_serializing_if = "String::is_empty",
        serialize_with = "short",
        deserialize_with = "full"
    )]
    scopes: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
}

/// The scopes of a sign-in by default.
pub(crate) const USUAL_SCOPES: [&str; 3] = [scope::OPENID, scope::OFFLINE_ACCESS, scope::PROFILE];

impl Asked {
    pub fn new(scopes: &[String], resources: &[String]) -> Self {
        let scopes = if scopes == USUAL_SCOPES { String::new() } else { scopes.join(" ") };
        Self { scopes, resources: resources.to_vec() }
    }

    /// The least that a sign-in asks for, if it is unknown what it asked for.
    pub fn least() -> Self {
        Self { scopes: scope::OPENID.into(), resources: Vec::new() }
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
    /// A session that begins now at the first host, under a new id. It has no tokens yet.
    pub fn new(claims: Claims, asked: Asked, now: u64) -> Self {
        Self {
            id: SessionId::random(),
            host: HostId::FIRST,
            generation: 0,
            claims: Arc::new(claims),
            claims_setting: None,
            refresh_token: None,
            nonce: None,
            asked,
            signed_in_at: now,
            issued_at: now,
            confirmed_at: now,
            last_seen: now,
            persistent: None,
            max_age: None,
            marks: 0,
            values: None,
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

    /// Whether the sign-in ended a few seconds ago, so that another sign-in would not change a refusal.
    pub fn has_just_begun(&self, now: u64) -> bool {
        now.saturating_sub(self.signed_in_at) <= JUST_NOW
    }

    /// Whether another sign-in would not bring a more recent authentication. That is the case if the sign-in
    /// asked for an authentication of at most this age, and ended either a few seconds ago, or less than
    /// `max_age` ago with an authentication that was too old.
    pub fn stays_old(&self, max_age: u64, now: u64) -> bool {
        let since = now.saturating_sub(self.signed_in_at);
        let was_too_old = || {
            let oldest = self.signed_in_at.saturating_sub(max_age);
            since <= max_age && self.claims.auth_time.is_none_or(|at| at < oldest)
        };
        let has_asked = self.max_age.is_some_and(|asked| asked <= max_age);
        has_asked && (self.has_just_begun(now) || was_too_old())
    }

    /// Notes that a request came at this time.
    pub fn seen(&mut self, activity: Activity, now: u64) {
        if activity == Activity::Use {
            self.last_seen = now.max(self.last_seen);
        }
    }

    /// Makes it a session in a store, which the browser finds with this secret.
    pub fn find_by(&mut self, secret: Secret) {
        self.id = secret.session_id();
        self.secret = Some(secret);
    }
}

/// For how many seconds a sign-in counts as just ended. In this time the browser loads the page to return to, and
/// scripts load its parts.
const JUST_NOW: u64 = 10;

/// The prefix of Logto's own scopes.
const URN: &str = "urn:logto:scope:";

/// Writes scopes in few bytes: `+` stands for all of [`USUAL_SCOPES`], and `~` for the prefix [`URN`].
fn short<S: Serializer>(scopes: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let usual = USUAL_SCOPES.join(" ");
    let (first, rest) = match scopes.strip_prefix(&usual) {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => (Some("+".to_owned()), rest),
        _ => (None, scopes),
    };
    let each = rest.split_whitespace().map(|scope| match scope.strip_prefix(URN) {
        Some(name) if !name.starts_with('=') => format!("~{name}"),
        _ if scope.starts_with(['~', '+']) => format!("~={scope}"),
        _ => scope.to_owned(),
    });
    let all: Vec<_> = first.into_iter().chain(each).collect();
    serializer.serialize_str(&all.join(" "))
}

/// Reads what [`short`] wrote.
fn full<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let each = text.split_whitespace().map(|scope| match scope.strip_prefix('~') {
        _ if scope == "+" => USUAL_SCOPES.join(" "),
        Some(name) => match name.strip_prefix('=') {
            Some(scope) => scope.to_owned(),
            None => format!("{URN}{name}"),
        },
        None => scope.to_owned(),
    });
    Ok(each.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_in_few_bytes_and_read_as_they_were() {
        for (scopes, written) in [
            ("openid offline_access profile roles", "+ roles"),
            ("openid profile urn:logto:scope:organizations", "openid profile ~organizations"),
            ("openid offline_access profiles", "openid offline_access profiles"),
            ("openid ~a + ~=b urn:logto:scope:=c", "openid ~=~a ~=+ ~=~=b urn:logto:scope:=c"),
        ] {
            let asked = Asked { scopes: scopes.into(), resources: Vec::new() };
            let json = serde_json::to_string(&asked).unwrap();
            assert_eq!(json, format!("{{\"p\":\"{written}\"}}"));
            assert_eq!(serde_json::from_str::<Asked>(&json).unwrap(), asked);
        }
    }
}
