//! [`SessionId`]: the public name of a session.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The public id of a session: 16 bytes in 22 characters of base64url. The id is not a secret and gives no
/// access. A route can have it as a parameter, `<id>`.
///
/// ```
/// use logto_rocket::SessionId;
///
/// let id: SessionId = "kZ3x0Qv9T2m7a1B4c5D6eA".parse()?;
/// assert_eq!(id.as_str(), "kZ3x0Qv9T2m7a1B4c5D6eA");
/// assert!("kZ3x".parse::<SessionId>().is_err());
/// # Ok::<(), logto_rocket::NotASessionId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SessionId(Arc<str>);

/// The error for a text that is not the id of a session. It does not contain the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotASessionId;

impl SessionId {
    pub(crate) fn random() -> Self {
        Self::of_bytes(rand::random())
    }

    pub(crate) fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes).into())
    }

    /// The session's name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionId {
    type Err = NotASessionId;

    /// Reads the id of a session, which need not exist.
    fn from_str(text: &str) -> Result<Self, NotASessionId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self::of_bytes).ok_or(NotASessionId)
    }
}

impl TryFrom<String> for SessionId {
    type Error = NotASessionId;

    fn try_from(text: String) -> Result<Self, NotASessionId> {
        text.parse()
    }
}

impl fmt::Display for NotASessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not the id of a session, which has 22 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`",
        )
    }
}

impl std::error::Error for NotASessionId {}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
