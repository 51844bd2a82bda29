//! [`Keys`]: Logto's keys, and the verification of every signature by them.
//!
//! The type of the key determines the algorithm, never the token: the token's header only selects
//! among the algorithms that the key allows.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::aws_lc;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::discovery::Provider;
use super::document::Document;
use super::http::{Http, bad_answer};
use super::key_searches::KeySearches;
use crate::clock::Clock;
use crate::error::{Call, Error, InvalidToken};

/// The maximum size of a token. ID tokens of users with many roles and organizations have about 15
/// kB.
const MAX_TOKEN: usize = 64 * 1024;

/// Logto's keys.
pub(super) struct Keys {
    set: Arc<Document<KeySet>>,
    searches: KeySearches,
}

/// What a token says, and by which algorithm it is signed. Its signature is Logto's.
pub(super) struct Signed {
    pub payload: Vec<u8>,
    pub algorithm: Algorithm,
}

/// The algorithms that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Es256,
    Es384,
    Rs256,
    Ps256,
}

impl Keys {
    pub(super) fn new(clock: Clock, http: Arc<Http>, provider: Arc<Document<Provider>>) -> Self {
        let set = Document::new(Call::Keys, clock, move || {
            let (http, provider) = (Arc::clone(&http), Arc::clone(&provider));
            Box::pin(async move {
                let provider = provider.get().await?.value;
                let published: Published = http.get_json(Call::Keys, &provider.keys).await?;
                KeySet::new(published)
            })
        });
        Self { set, searches: KeySearches::default() }
    }

    /// Fetches the keys, if there are none yet.
    pub(super) async fn ready(&self) -> Result<(), Error> {
        self.set.get().await.map(drop)
    }

    /// Verifies that a token which came from Logto's token endpoint is signed by Logto, and that
    /// `accepts` its `typ`.
    ///
    /// For an unknown key id the key set is fetched again, a few times in 30 seconds.
    pub(super) async fn verify(
        &self,
        token: &str,
        accepts: fn(Option<&str>) -> bool,
    ) -> Result<Signed, Error> {
        let token = Token::read(token, accepts)?;
        let keys = self.set.get().await?;
        match keys.value.find(&token) {
            Err(InvalidToken::UnknownKey) => {
                let may_search = |now| self.searches.may_search(now);
                let newer = self.set.newer_than(keys.number, may_search).await?;
                token.signed_by(&newer.ok_or(InvalidToken::UnknownKey)?.value)
            }
            _ => token.signed_by(&keys.value),
        }
    }

    /// The keys for a token that anybody can post: those that are known, or, if they have not the one
    /// that it names, those that the next search for such tokens brings. There is one a second.
    pub(super) async fn for_posted(&self, token: &Token<'_>) -> Result<Arc<KeySet>, Error> {
        let keys = self.set.get().await?;
        if !matches!(keys.value.find(token), Err(InvalidToken::UnknownKey)) {
            return Ok(keys.value);
        }
        let mut turn = self.searches.strangers_turn().await;
        if let Some(newer) = self.set.known_since(keys.number) {
            return Ok(newer.value);
        }
        turn.search().await;
        let newer = self.set.newer_than(keys.number, |_| true).await?;
        Ok(newer.map_or(keys.value, |newer| newer.value))
    }
}

/// A token split into its parts, with a header that is valid if the signature is.
pub(super) struct Token<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
    kid: Option<String>,
    algorithm: Algorithm,
}

/// The header of a JWT
/// ([RFC 7515, section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1)).
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

/// Whatever the member holds, even `null`.
fn is_there<'de, D: Deserializer<'de>>(member: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(member).map(|_| true)
}

impl<'a> Token<'a> {
    /// Reads a token whose `typ` passes `accepts` and whose algorithm is accepted.
    pub(super) fn read(
        token: &'a str,
        accepts: fn(Option<&str>) -> bool,
    ) -> Result<Self, InvalidToken> {
        if token.len() > MAX_TOKEN {
            return Err(InvalidToken::Malformed);
        }
        let mut parts = token.splitn(4, '.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidToken::Malformed);
        };
        let signed = &token[..header.len() + 1 + payload.len()];
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| InvalidToken::Malformed)?;
        if header.crit {
            return Err(InvalidToken::Header("it requires an extension (`crit`)".into()));
        }
        let algorithm = Algorithm::named(&header.alg)?;
        if !accepts(header.typ.as_deref()) {
            return Err(InvalidToken::Header("its `typ` is that of another kind of token".into()));
        }
        Ok(Self { signed, payload, signature: decode(signature)?, kid: header.kid, algorithm })
    }

    /// The claims of the token without verification. Use them only to reject the token early.
    pub(super) fn unverified(&self) -> Result<Vec<u8>, InvalidToken> {
        decode(self.payload)
    }

    /// What the token says, if one of these keys has signed it.
    pub(super) fn signed_by(&self, keys: &KeySet) -> Result<Signed, Error> {
        let payload = self.verify(keys.find(self)?)?;
        Ok(Signed { payload, algorithm: self.algorithm })
    }

    /// What the token says, if `key` has signed it.
    fn verify(&self, key: &Key) -> Result<Vec<u8>, InvalidToken> {
        // The provider is named, because a process in which another crate asks `jsonwebtoken` for
        // a second one has no default.
        let verifier =
            (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&self.algorithm.into(), &key.public)
                .map_err(|_| InvalidToken::Signature)?;
        verifier
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| InvalidToken::Signature)?;
        decode(self.payload)
    }
}

impl Algorithm {
    fn named(name: &str) -> Result<Self, InvalidToken> {
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

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::ES256,
            Algorithm::Es384 => Self::ES384,
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Ps256 => Self::PS256,
        }
    }
}

/// A key set as it is published
/// ([RFC 7517, section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// The usable keys of a key set.
pub(super) struct KeySet(Vec<Key>);

struct Key {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    public: DecodingKey,
}

impl KeySet {
    /// Keys of other kinds, for other uses, or not understood are left out, as RFC 7517 demands.
    fn new(published: Published) -> Result<Self, Error> {
        let keys: Vec<_> = published.keys.into_iter().filter_map(Key::read).collect();
        if keys.is_empty() {
            return Err(bad_answer(
                Call::Keys,
                "it contains no key for an accepted algorithm (ES256, ES384, RS256, PS256)",
            ));
        }
        Ok(Self(keys))
    }

    fn find(&self, token: &Token<'_>) -> Result<&Key, InvalidToken> {
        let fits = |key: &&Key| key.algorithms.contains(&token.algorithm);
        let Some(kid) = &token.kid else {
            let mut fitting = self.0.iter().filter(fits);
            return match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(key),
                _ => Err(InvalidToken::Header(
                    "it names no key (`kid`), and Logto does not publish exactly one that fits"
                        .into(),
                )),
            };
        };
        let mut named = self.0.iter().filter(|key| key.kid.as_ref() == Some(kid)).peekable();
        if named.peek().is_none() {
            return Err(InvalidToken::UnknownKey);
        }
        named.find(fits).ok_or_else(|| {
            InvalidToken::Header(format!(
                "its algorithm {:?} does not match the key that it names",
                jsonwebtoken::Algorithm::from(token.algorithm)
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
        let verifies = jwk.used_for.is_none_or(|used_for| used_for == "sig")
            && jwk.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !verifies {
            return None;
        }
        let (mut algorithms, public) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                (vec![Algorithm::Es256], DecodingKey::from_ec_components(&jwk.x?, &jwk.y?))
            }
            ("EC", Some("P-384")) => {
                (vec![Algorithm::Es384], DecodingKey::from_ec_components(&jwk.x?, &jwk.y?))
            }
            ("RSA", _) => (
                vec![Algorithm::Rs256, Algorithm::Ps256],
                DecodingKey::from_rsa_components(&jwk.n?, &jwk.e?),
            ),
            _ => return None,
        };
        if let Some(alg) = &jwk.alg {
            let only = Algorithm::named(alg).ok()?;
            algorithms.retain(|algorithm| *algorithm == only);
        }
        let public = public.ok().filter(|_| !algorithms.is_empty())?;
        Some(Self { kid: jwk.kid, algorithms, public })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, InvalidToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Malformed)
}
