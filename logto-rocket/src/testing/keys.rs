use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::error::IdpError;
use super::tamper::Tamper;

/// The signing algorithm. Logto uses one of these two: ES384, unless an administrator has chosen another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// ECDSA on P-384, Logto's default.
    #[default]
    Es384,
    /// RSA with 2,048 bits. Its key in the JWKS has no `alg` member, as with Logto.
    Rs256,
}

impl Signing {
    /// The name in a token's header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
        }
    }
}

/// The key that signs, the one before it, and one that is in no JWKS.
pub(super) struct Keys {
    current: Key,
    previous: Option<Key>,
    foreign: Key,
}

impl Keys {
    pub(super) fn generate(signing: Signing) -> Result<Self, IdpError> {
        Ok(Self {
            current: Key::generate(signing)?,
            previous: None,
            foreign: Key::generate(signing)?,
        })
    }

    /// The keys of a provider that signs with this private key (PKCS #8, P-384); `None` if it is none.
    pub(super) fn restore(private: &[u8]) -> Option<Self> {
        let (current, foreign) = (Key::ec(private)?, Key::generate_ec()?);
        Some(Self { current, previous: None, foreign })
    }

    /// A new private key in the form that [`restore`](Self::restore) takes.
    pub(super) fn generate_private() -> Result<Vec<u8>, IdpError> {
        let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
        let private = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        private.map(|private| private.as_ref().to_vec()).map_err(|_| IdpError::Keys)
    }

    /// Signs with a new key from now on. The one before stays in the JWKS, older ones are gone.
    pub(super) fn rotate(&mut self, signing: Signing) -> Result<(), IdpError> {
        let next = Self::generate(signing)?;
        self.previous = Some(std::mem::replace(&mut self.current, next.current));
        self.foreign = next.foreign;
        Ok(())
    }

    /// The JWKS.
    pub(super) fn public(&self) -> Value {
        let keys: Vec<_> = self.published().map(|key| &key.public).collect();
        json!({ "keys": keys })
    }

    /// The algorithms that discovery announces.
    pub(super) fn algorithms(&self) -> Vec<&'static str> {
        let mut algorithms: Vec<&'static str> = Vec::new();
        for key in self.published() {
            let of_key: &[&'static str] = match key.signing {
                Signing::Es384 => &["ES384"],
                Signing::Rs256 => &["PS256", "RS256"],
            };
            for name in of_key {
                if !algorithms.contains(name) {
                    algorithms.push(name);
                }
            }
        }
        algorithms
    }

    /// The published key with this id, if it signs by the current algorithm.
    pub(super) fn verifying(&self, kid: &str) -> Option<(Algorithm, &Value)> {
        self.published()
            .find(|key| key.kid == kid && key.signing == self.current.signing)
            .map(|key| (key.algorithm(), &key.public))
    }

    /// A JWT of these claims, changed as a test has asked.
    pub(super) fn sign(
        &self,
        typ: Option<&str>,
        claims: Map<String, Value>,
        app_secret: &str,
        tampers: &[Tamper],
    ) -> String {
        let key = if tampers.contains(&Tamper::WrongKey) { &self.foreign } else { &self.current };
        let mut signer = Signer::Key(key);
        let mut header = Map::new();
        header.insert("alg".into(), key.signing.name().into());
        header.insert("kid".into(), self.current.kid.clone().into());
        if let Some(typ) = typ {
            header.insert("typ".into(), typ.into());
        }
        let mut claims = claims;
        for tamper in tampers {
            match tamper {
                Tamper::Claim(name, value) => {
                    claims.insert(name.clone(), value.clone());
                }
                Tamper::RemoveClaim(name) => {
                    claims.remove(name);
                }
                Tamper::Header(name, Value::Null) => {
                    header.remove(name);
                }
                Tamper::Header(name, value) => {
                    header.insert(name.clone(), value.clone());
                }
                Tamper::Unsigned => {
                    header.insert("alg".into(), "none".into());
                    signer = Signer::Unsigned;
                }
                Tamper::Hs256 => {
                    header.insert("alg".into(), "HS256".into());
                    signer = Signer::Secret(app_secret);
                }
                _ => {}
            }
        }
        let message = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = signer.sign(&message);
        format!("{message}.{signature}")
    }

    fn published(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

struct Key {
    signing: Signing,
    kid: String,
    private: EncodingKey,
    public: Value,
}

impl Key {
    fn generate(signing: Signing) -> Result<Self, IdpError> {
        match signing {
            Signing::Es384 => Self::generate_ec(),
            Signing::Rs256 => Self::generate_rsa(),
        }
        .ok_or(IdpError::Keys)
    }

    fn generate_ec() -> Option<Self> {
        Self::ec(&Keys::generate_private().ok()?)
    }

    fn ec(private: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, private).ok()?;
        // An uncompressed point: 0x04, then both coordinates of 48 bytes.
        let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(48)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let kid = thumbprint(&json!({ "crv": "P-384", "kty": "EC", "x": x, "y": y }));
        let public = json!({
            "kty": "EC", "use": "sig", "kid": kid, "alg": "ES384", "crv": "P-384", "x": x, "y": y
        });
        let private = EncodingKey::from_ec_der(private);
        Some(Self { signing: Signing::Es384, kid, private, public })
    }

    fn generate_rsa() -> Option<Self> {
        let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).ok()?;
        let public = pair.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        let kid = thumbprint(&json!({ "e": e, "kty": "RSA", "n": n }));
        let public = json!({ "kty": "RSA", "use": "sig", "kid": kid, "e": e, "n": n });
        // jsonwebtoken wants the bare RSAPrivateKey (PKCS #1). The PKCS #8 wrapper around one of
        // 2,048 bits is always 26 bytes long.
        let wrapped = pair.as_der().ok()?;
        let private = EncodingKey::from_rsa_der(wrapped.as_ref().get(26..)?);
        Some(Self { signing: Signing::Rs256, kid, private, public })
    }

    fn algorithm(&self) -> Algorithm {
        match self.signing {
            Signing::Es384 => Algorithm::ES384,
            Signing::Rs256 => Algorithm::RS256,
        }
    }
}

enum Signer<'a> {
    Key(&'a Key),
    Secret(&'a str),
    Unsigned,
}

impl Signer<'_> {
    fn sign(&self, message: &str) -> String {
        let message = message.as_bytes();
        match self {
            Self::Unsigned => Ok(String::new()),
            Self::Key(key) => jsonwebtoken::crypto::sign(message, &key.private, key.algorithm()),
            Self::Secret(secret) => {
                let key = EncodingKey::from_secret(secret.as_bytes());
                jsonwebtoken::crypto::sign(message, &key, Algorithm::HS256)
            }
        }
        .expect("keys of this provider's own making sign")
    }
}

fn encoded(part: &Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(Value::Object(part.clone()).to_string())
}

/// RFC 7638: the digest of the required members, in alphabetical order and without spaces.
fn thumbprint(required: &Value) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(required.to_string()))
}
