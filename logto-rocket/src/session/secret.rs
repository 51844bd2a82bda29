//! [`Secret`]: what a browser has of a session that is in a store, and the ids made of it.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::session_id::SessionId;

/// How many random bytes it has.
const BYTES: usize = 32;

/// What a browser has of a session that is in a store: 256 random bits, stored nowhere else. The session's
/// public id is made of their hash, and the store's id of the hash of that, so that nobody can compute the
/// secret from them.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// The id of a session in a store: 43 letters, digits, `-` and `_`. It is not a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreId(Arc<str>);

impl Secret {
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; BYTES]>()))
    }

    /// The secret in the value of a cookie.
    pub fn read(value: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        (bytes.len() == BYTES).then(|| Self(value.to_owned()))
    }

    /// The text itself, for the cookie and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The public id of the session.
    pub fn session_id(&self) -> SessionId {
        let hash = Sha256::digest(format!("session id of {}", self.0));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        SessionId::of_bytes(bytes)
    }
}

impl SessionId {
    /// What a store knows the session by.
    pub(crate) fn store_id(&self) -> StoreId {
        StoreId::from(URL_SAFE_NO_PAD.encode(Sha256::digest(self.as_str())))
    }
}

impl StoreId {
    /// The id as text, for a key or a column.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for StoreId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_256_bits_is_a_secret() {
        let secret = Secret::random();
        assert_eq!(Secret::read(secret.reveal()).unwrap().session_id(), secret.session_id());
        assert!(Secret::read(&secret.reveal()[1..]).is_none());
        assert!(Secret::read("").is_none());
        assert!(Secret::read(&format!("{}AA", secret.reveal())).is_none());
    }

    #[test]
    fn no_id_contains_another_or_the_secret() {
        let secret = Secret::random();
        let (session, store) = (secret.session_id(), secret.session_id().store_id());
        assert!(!store.as_str().contains(session.as_str()));
        assert!(!session.as_str().contains(secret.reveal()));
        assert_ne!(session, Secret::random().session_id());
    }
}
