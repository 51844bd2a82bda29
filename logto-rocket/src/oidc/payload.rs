//! [`Payload`]: the claims of a token, each read with its type.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::InvalidToken;
use crate::numeric_date::NumericDate;

/// What a token says.
pub(super) struct Payload(BTreeMap<String, Box<RawValue>>);

/// The `aud` of a token: one, or a list
/// ([RFC 7519, section 4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Payload {
    pub(super) fn read(json: &[u8]) -> Result<Self, InvalidToken> {
        serde_json::from_slice(json).map(Self).map_err(|_| InvalidToken::Malformed)
    }

    /// An optional claim. If it is present, it must be a `T`; `null` counts as present.
    pub(super) fn claim<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, InvalidToken> {
        self.0
            .get(name)
            .map(|value| serde_json::from_str(value.get()))
            .transpose()
            .map_err(|_| InvalidToken::Claim(name))
    }

    /// A required claim.
    pub(super) fn required<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<T, InvalidToken> {
        self.claim(name)?.ok_or(InvalidToken::Claim(name))
    }

    /// Checks `iss`: equal to the byte.
    pub(super) fn check_issuer(&self, issuer: &str) -> Result<(), InvalidToken> {
        check("iss", self.required::<String>("iss")? == issuer)
    }

    /// Checks `aud`, and `azp` if it is there or must be.
    pub(super) fn check_audience(&self, client_id: &str) -> Result<(), InvalidToken> {
        let audiences = match self.required("aud")? {
            Audience::One(audience) => vec![audience],
            Audience::Many(audiences) => audiences,
        };
        check("aud", audiences.iter().any(|audience| audience == client_id))?;
        match self.claim::<String>("azp")? {
            Some(party) => check("azp", party == client_id),
            None => check("azp", audiences.len() == 1),
        }
    }

    /// The subject: 1 to 255 visible ASCII characters.
    pub(super) fn subject(&self) -> Result<String, InvalidToken> {
        self.name("sub")?.ok_or(InvalidToken::Claim("sub"))
    }

    /// A claim that names something, if it is there: 1 to 255 visible ASCII characters.
    pub(super) fn name(&self, name: &'static str) -> Result<Option<String>, InvalidToken> {
        let text = self.claim::<String>(name)?;
        let fit = text.as_ref().is_none_or(|text| {
            (1..=255).contains(&text.len())
                && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        });
        check(name, fit).map(|()| text)
    }

    /// Checks `exp`, `iat` and, if it is there, `nbf` against `now`.
    pub(super) fn check_lifetime(&self, now: u64, skew: Duration) -> Result<(), InvalidToken> {
        let skew = skew.as_secs();
        let expires_at = self.required::<NumericDate>("exp")?.rounded_down();
        let issued_at = self.required::<NumericDate>("iat")?.rounded_up();
        check("exp", now < expires_at.saturating_add(skew))?;
        check("iat", issued_at <= now.saturating_add(skew))?;
        if let Some(not_before) = self.claim::<NumericDate>("nbf")? {
            check("nbf", not_before.rounded_up() <= now.saturating_add(skew))?;
        }
        Ok(())
    }

    /// Whether there is such a claim, whatever it holds.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// All claims except these, as a JSON object with the values as they were signed.
    pub(super) fn without(mut self, names: &[&str]) -> Result<String, serde_json::Error> {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        serde_json::to_string(&self.0)
    }
}

/// An error that names the claim, unless it is as it should be.
pub(super) fn check(claim: &'static str, right: bool) -> Result<(), InvalidToken> {
    if right { Ok(()) } else { Err(InvalidToken::Claim(claim)) }
}
