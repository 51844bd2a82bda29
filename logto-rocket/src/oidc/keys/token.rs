//! [`Token`]: a signed JWT, split into its parts, and the check of its signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::algorithm::Algorithm;
use super::set::{Key, KeySet};
use crate::error::{Error, InvalidToken};

/// The maximum size of a token. ID tokens of users with many roles and organizations have about 15
/// kB.
const MAX_TOKEN: usize = 64 * 1024;

/// What a token says, and by which algorithm it is signed. Its signature is Logto's.
pub(in crate::oidc) struct Signed {
    pub payload: Vec<u8>,
    pub algorithm: Algorithm,
}

/// A token split into its parts, with a header that is valid if the signature is.
pub(in crate::oidc) struct Token<'a> {
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

/// Whether the `typ` of a token is this one, whose prefix `application/` may be left out
/// ([RFC 7515, section 4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9)).
pub(in crate::oidc) fn is_type(typ: &str, wanted: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == wanted
}

/// What is wrong with a token of another `typ`, or of none.
pub(in crate::oidc) fn wrong_type(typ: Option<&str>) -> InvalidToken {
    InvalidToken::Header(match typ {
        Some(_) => "its `typ` is that of another kind of token".into(),
        None => "it has no `typ`, which this kind of token must have".into(),
    })
}

/// Whatever the member holds, even `null`.
fn is_there<'de, D: Deserializer<'de>>(member: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(member).map(|_| true)
}

impl<'a> Token<'a> {
    /// Reads a token whose `typ` passes `accepts` and whose algorithm is accepted.
    pub fn read(
        token: &'a str,
        accepts: impl FnOnce(Option<&str>) -> Result<(), InvalidToken>,
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
        let header = decode(header)?;
        // A list would be read as the members of the header, in order.
        if !header.trim_ascii_start().starts_with(b"{") {
            return Err(InvalidToken::Malformed);
        }
        let header: Header =
            serde_json::from_slice(&header).map_err(|_| InvalidToken::Malformed)?;
        if header.crit {
            return Err(InvalidToken::Header("it requires an extension (`crit`)".into()));
        }
        let algorithm = Algorithm::named(&header.alg)?;
        accepts(header.typ.as_deref())?;
        Ok(Self { signed, payload, signature: decode(signature)?, kid: header.kid, algorithm })
    }

    /// The claims of the token without verification. Use them only to reject the token early.
    pub fn unverified(&self) -> Result<Vec<u8>, InvalidToken> {
        decode(self.payload)
    }

    /// By which algorithm it says to be signed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key of these that the token names.
    pub fn key_in<'k>(&self, keys: &'k KeySet) -> Result<&'k Key, InvalidToken> {
        keys.find(self.kid.as_deref(), self.algorithm)
    }

    /// What the token says, if one of these keys has signed it.
    pub fn signed_by(&self, keys: &KeySet) -> Result<Signed, Error> {
        self.check_signature(keys)?;
        Ok(Signed { payload: decode(self.payload)?, algorithm: self.algorithm })
    }

    /// Checks that one of these keys has signed the token.
    pub fn check_signature(&self, keys: &KeySet) -> Result<(), InvalidToken> {
        let verifier = self.key_in(keys)?.verifier(self.algorithm);
        verifier
            .ok_or(InvalidToken::Signature)?
            .verify_sig(self.signed.as_bytes(), &self.signature)
            .map_err(|_| InvalidToken::Signature)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, InvalidToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Malformed)
}
