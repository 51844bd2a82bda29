//! [`Algorithm`]: the algorithms of signatures that are accepted.

use std::fmt;

use crate::error::InvalidToken;

/// The algorithms that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Es256,
    Es384,
    Rs256,
    Ps256,
}

impl Algorithm {
    pub(super) const EVERY: [Self; 4] = [Self::Es256, Self::Es384, Self::Rs256, Self::Ps256];

    /// The algorithm of this name, if it is accepted
    /// ([RFC 7518, section 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
    pub fn accepted(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The algorithm that a token or a key names.
    pub(super) fn named(name: &str) -> Result<Self, InvalidToken> {
        Self::accepted(name).ok_or_else(|| {
            let known = (1..=16).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let name = if known { name } else { "of no known name" };
            InvalidToken::Header(format!(
                "the algorithm `{name}` is not accepted (accepted are ES256, ES384, RS256, PS256)"
            ))
        })
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
