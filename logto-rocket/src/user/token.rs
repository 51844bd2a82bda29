//! [`Token`]: an access token of the user.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::token_claims::TokenClaims;
use crate::oidc::AccessToken as Text;
use crate::session::CachedToken;

/// An access token of the user, to call an API in the user's name. The guard
/// [`AccessToken<R>`](crate::AccessToken) and the methods of [`LogtoUser`](crate::LogtoUser) return one.
///
/// Anyone who has the token has the user's permissions until it expires. Send it only to the API in its audience,
/// as `Authorization: Bearer …` ([RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
/// It cannot be serialized, and its `Debug` output omits its value.
#[derive(Clone)]
pub struct Token {
    text: Text,
    scopes: Vec<String>,
    expires_at: u64,
}

impl Token {
    /// The token as it is sent. It is a secret.
    pub fn as_str(&self) -> &str {
        self.text.reveal()
    }

    /// The scopes that Logto grants with the token. They include only scopes for which the sign-in asked.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// When the token expires, by the clock of this machine, counted from the arrival of Logto's answer. This
    /// time may be later than `exp` in [`claims()`](Self::claims), by the duration of that request. A returned
    /// token is valid for at least 60 seconds, or a tenth of its lifetime. To use a token for longer, get it
    /// again instead of storing it.
    pub fn expires_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.expires_at)
    }

    /// The claims of the token if it is a JWT, as Logto's tokens for API resources and
    /// organizations are; otherwise `None`.
    ///
    /// The token is decoded but not verified. This is safe because the token came from Logto itself over TLS.
    /// An API that receives the token from a client must verify it.
    pub fn claims(&self) -> Option<TokenClaims> {
        TokenClaims::read(&self.text.payload()?)
    }
}

impl From<CachedToken> for Token {
    fn from(token: CachedToken) -> Self {
        Self { text: token.text, scopes: token.scopes, expires_at: token.expires_at }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut token = f.debug_struct("Token");
        token.field("scopes", &self.scopes).field("expires_at", &self.expires_at);
        token.finish_non_exhaustive()
    }
}
