//! [`Token`]: an access token of the user.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::token_claims::TokenClaims;
use crate::oidc::AccessToken as Text;
use crate::session;

/// An access token of the user, to call an API with in the user's name. The guard
/// [`AccessToken<R>`](crate::AccessToken) and the methods of [`LogtoUser`](crate::LogtoUser) give one.
///
/// Whoever has the text can do with it what the user may do, until it expires: send it to the API
/// that it is for, as `Authorization: Bearer …`
/// ([RFC 6750, section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)), and nowhere else.
/// It does not serialize, and its `Debug` prints all but the text.
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

    /// What Logto permits with the token. Permissions that the sign-in did not ask for are never
    /// among them.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the token permits this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// When the token expires, by the clock of this machine and as counted from the arrival of
    /// Logto's answer: up to the time that this took after `exp` in [`claims()`](Self::claims). It
    /// was given out with at least 60 seconds, or a tenth of its life, left; who keeps it for longer
    /// asks for it again.
    pub fn expires_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.expires_at)
    }

    /// What the token says, if it is a JWT, as Logto's tokens for API resources and organizations
    /// are; `None` of any other.
    ///
    /// It is decoded and not verified. That is right here: the token came from Logto itself over
    /// TLS, so nobody else has written it. Whoever receives a token from a client, as the API does,
    /// must verify it before believing a word.
    pub fn claims(&self) -> Option<TokenClaims> {
        TokenClaims::read(&self.text.payload()?)
    }
}

impl From<session::Token> for Token {
    fn from(token: session::Token) -> Self {
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
