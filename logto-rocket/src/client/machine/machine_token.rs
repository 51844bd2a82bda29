//! [`MachineToken`]: a token of the application itself.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::oidc::{AccessToken, Tokens};

/// The lifetime of a token for which Logto gives none.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

/// A token is renewed when less than this, and less than a tenth of its life, is left.
const EARLY: Duration = Duration::from_secs(60);

/// An access token that the application requested without a session: its own token, or an exchanged
/// one.
///
/// Whoever has the token can use it. Its `Debug` output omits the text.
#[derive(Clone)]
pub struct MachineToken {
    text: AccessToken,
    scopes: Arc<[String]>,
    renew_at: Instant,
    expires_at: Instant,
    clock: Clock,
}

impl MachineToken {
    /// The token as it is sent, in `Authorization: Bearer …`.
    pub fn as_str(&self) -> &str {
        self.text.reveal()
    }

    /// The scopes that Logto granted.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether Logto granted a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }

    /// How long the token is still valid; zero if it has expired.
    pub fn expires_in(&self) -> Duration {
        self.expires_at.saturating_duration_since(self.clock.instant())
    }

    /// A token that was asked for at this time, from which its life counts.
    pub(super) fn new(tokens: &Tokens, asked_at: Instant, clock: Clock) -> Self {
        let life = tokens.expires_in.unwrap_or(DEFAULT_LIFE);
        Self {
            text: tokens.access_token.clone(),
            scopes: tokens.granted().into(),
            renew_at: asked_at + life.saturating_sub(EARLY.min(life / 10)),
            expires_at: asked_at + life,
            clock,
        }
    }

    /// Whether it is time for the next one.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.renew_at
    }

    /// Whether it has not expired.
    pub(super) fn is_alive(&self, now: Instant) -> bool {
        now < self.expires_at
    }
}

impl fmt::Debug for MachineToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineToken")
            .field("scopes", &self.scopes)
            .field("expires_in", &self.expires_in())
            .finish_non_exhaustive()
    }
}
