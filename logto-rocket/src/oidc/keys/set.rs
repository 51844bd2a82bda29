//! [`KeySet`]: the keys that Logto publishes, as far as they verify signatures.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::algorithm::Algorithm;
use crate::error::{Call, Error, InvalidToken};
use crate::oidc::http::bad_answer;

/// A key set as it is published
/// ([RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
#[derive(Deserialize)]
pub(in crate::oidc) struct Published {
    keys: Vec<Value>,
}

impl Published {
    /// Whether there is a key on the curve P-521, which Logto can be told to sign with. Its algorithm, ES512,
    /// is not accepted.
    pub(super) fn has_p521(&self) -> bool {
        self.keys.iter().any(|key| key["crv"] == "P-521")
    }
}

/// What to do about keys that verify nothing.
pub(super) const CHOOSE: &str =
    "let Logto sign with an RSA key, or with an EC key on P-384 (its default) or P-256";

/// The usable keys of a key set.
pub(in crate::oidc) struct KeySet {
    keys: Vec<Key>,
    fingerprint: Fingerprint,
}

/// What tells one key set from another: the SHA-256 of the keys as they are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::oidc) struct Fingerprint([u8; 32]);

/// One of them, ready for each algorithm that its type allows.
pub(in crate::oidc) struct Key {
    kid: Option<String>,
    verifiers: Vec<(Algorithm, ParsedPublicKey)>,
}

impl KeySet {
    /// Keys of other kinds, for other uses, or not understood are left out, as RFC 7517 demands.
    pub fn new(published: Published) -> Result<Self, Error> {
        let text = serde_json::to_vec(&published.keys).unwrap_or_default();
        let fingerprint = Fingerprint(Sha256::digest(text).into());
        let keys: Vec<_> = published.keys.into_iter().filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err(bad_answer(
                Call::Keys,
                format!(
                    "it contains no key for an accepted algorithm (ES256, ES384, RS256, PS256); \
                     {CHOOSE}"
                ),
            ));
        }
        Ok(Self { keys, fingerprint })
    }

    #[cfg(any(test, feature = "_fuzzing"))]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether a key allows this algorithm.
    pub fn has_one_for(&self, algorithm: Algorithm) -> bool {
        self.keys.iter().any(|key| key.verifier(algorithm).is_some())
    }

    /// The algorithms that the keys allow.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        Algorithm::EVERY.into_iter().filter(|algorithm| self.has_one_for(*algorithm)).collect()
    }

    /// The key that a token with this header names.
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Key, InvalidToken> {
        let fits = |key: &&Key| key.verifier(algorithm).is_some();
        let Some(kid) = kid else {
            let mut fitting = self.keys.iter().filter(fits);
            return match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(key),
                _ => Err(InvalidToken::Header(
                    "it names no key (`kid`), and Logto does not publish exactly one that fits"
                        .into(),
                )),
            };
        };
        let mut named = self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).peekable();
        if named.peek().is_none() {
            return Err(InvalidToken::UnknownKey);
        }
        named.find(fits).ok_or_else(|| {
            InvalidToken::Header(format!(
                "its algorithm {algorithm} does not match the key that it names"
            ))
        })
    }
}

/// A key as it is published
/// ([RFC 7518, section 6](https://www.rfc-editor.org/rfc/rfc7518#section-6)).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Key {
    fn read(jwk: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(jwk).ok()?;
        let may_verify = jwk.used_for.is_none_or(|used_for| used_for == "sig")
            && jwk.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !may_verify {
            return None;
        }
        let mut verifiers = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                let point = point(&jwk.x?, &jwk.y?)?;
                let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
                vec![(Algorithm::Es256, public)]
            }
            ("EC", Some("P-384")) => {
                let point = point(&jwk.x?, &jwk.y?)?;
                let public = ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).ok()?;
                vec![(Algorithm::Es384, public)]
            }
            ("RSA", _) => {
                let public = RsaPublicKeyComponents { n: decode(&jwk.n?)?, e: decode(&jwk.e?)? };
                let of = |padding| public.to_parsed_public_key(padding).ok();
                vec![
                    (Algorithm::Rs256, of(&RSA_PKCS1_2048_8192_SHA256)?),
                    (Algorithm::Ps256, of(&RSA_PSS_2048_8192_SHA256)?),
                ]
            }
            _ => return None,
        };
        if let Some(alg) = &jwk.alg {
            let only = Algorithm::named(alg).ok()?;
            verifiers.retain(|(algorithm, _)| *algorithm == only);
        }
        (!verifiers.is_empty()).then_some(Self { kid: jwk.kid, verifiers })
    }

    /// What verifies signatures with an algorithm, if the key allows it.
    pub(super) fn verifier(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        let verifier = self.verifiers.iter().find(|(known, _)| *known == algorithm);
        verifier.map(|(_, public)| public)
    }
}

/// An uncompressed point, [SEC 1, section 2.3.3](https://www.secg.org/sec1-v2.pdf).
fn point(x: &str, y: &str) -> Option<Vec<u8>> {
    Some([vec![4], decode(x)?, decode(y)?].concat())
}

fn decode(number: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(number).ok()
}

#[cfg(test)]
mod tests;
