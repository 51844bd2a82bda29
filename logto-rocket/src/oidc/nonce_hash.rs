//! [`NonceHash`]: what a session keeps of the nonce of its sign-in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::secrets::Nonce;

/// How many bytes of the hash are stored: 72 bits, as 12 characters. An attacker who needs another nonce with
/// the same hash has to try 2⁷² values, and to make Logto sign it for the same user and application.
const BYTES: usize = 9;

/// What a session keeps of the nonce of its sign-in, to know it again in the ID tokens of refreshes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NonceHash(String);

impl NonceHash {
    /// Whether it is that of this nonce.
    pub(super) fn is_of(&self, nonce: &str) -> bool {
        *self == Self::new(nonce)
    }

    fn new(nonce: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(&Sha256::digest(nonce)[..BYTES]))
    }
}

impl From<&Nonce> for NonceHash {
    fn from(nonce: &Nonce) -> Self {
        Self::new(nonce.reveal())
    }
}
