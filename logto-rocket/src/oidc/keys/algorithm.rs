//! [`Algorithm`]: the algorithms of signatures that are accepted.

use std::fmt;

use crate::error::InvalidToken;

/// The algorithms that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oidc) enum Algorithm {
    Es256,
    Es384,
    Rs256,
    Ps256,
}

impl Algorithm {
    pub fn named(name: &str) -> Result<Self, InvalidToken> {
        match name {
            "ES256" => Ok(Self::Es256),
            "ES384" => Ok(Self::Es384),
            "RS256" => Ok(Self::Rs256),
            "PS256" => Ok(Self::Ps256),
            _ => {
                let known = (1..=16).contains(&name.len())
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let name = if known { name } else { "of no known name" };
                Err(InvalidToken::Header(format!(
                    "the algorithm `{name}` is not accepted (accepted are ES256, ES384, RS256, \
                     PS256)"
                )))
            }
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        })
    }
}
