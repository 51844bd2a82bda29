//! What binds the answer of Logto to the browser that began the sign-in.
//!
//! The browser keeps one secret, the PKCE verifier, in the encrypted cookie of the sign-in. `state` and
//! `nonce` are hashes of it, as [OpenID Connect Core, section
//! 15.5.2](https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes) proposes for a value that a
//! cookie keeps. Nobody can compute the verifier, or one of the two, from them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::secrets::{Nonce, State, Verifier};

/// How many bytes `state` and `nonce` have: 160 bits, as
/// [RFC 6749, section 10.10](https://www.rfc-editor.org/rfc/rfc6749#section-10.10) asks.
const BYTES: usize = 20;

impl Verifier {
    /// The `state` of the same sign-in.
    pub(crate) fn state(&self) -> State {
        self.hash("state").into()
    }

    /// The `nonce` of the same sign-in.
    pub(crate) fn nonce(&self) -> Nonce {
        self.hash("nonce").into()
    }

    fn hash(&self, of: &str) -> String {
        let hash = Sha256::digest(format!("{of} of {}", self.reveal()));
        URL_SAFE_NO_PAD.encode(&hash[..BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_nonce_differ_by_sign_in_and_from_each_other() {
        let [one, other] = ["v", "w"].map(|char| Verifier::from(char.repeat(43)));
        let texts = [one.state().reveal(), other.state().reveal()].map(str::to_owned);
        let nonces = [one.nonce().reveal(), other.nonce().reveal()].map(str::to_owned);
        let all: std::collections::BTreeSet<_> = texts.iter().chain(&nonces).collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|text| text.len() == 27 && !one.reveal().contains(text.as_str())));
        assert_eq!(one.state().reveal(), Verifier::from("v".repeat(43)).state().reveal());
    }
}
