//! [`RenewalPurpose`]: what a token request of a session is for.

use std::fmt;

/// What a token request of a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenewalPurpose {
    /// To confirm the claims.
    Claims,
    /// An access token.
    AccessToken,
}

impl RenewalPurpose {
    /// A stable name, for a label of a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::AccessToken => "access_token",
        }
    }
}

impl fmt::Display for RenewalPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claims => "new claims",
            Self::AccessToken => "an access token",
        })
    }
}
