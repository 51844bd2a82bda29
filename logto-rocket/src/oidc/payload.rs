//! [`Payload`]: the claims of a token, each read with its type.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::clock_difference::ClockDifference;
use super::settings::IssuerSettings;
use crate::error::InvalidToken;
use crate::numeric_date::NumericDate;
use crate::shown::{shown, type_of};

/// What a token says, in the JSON that was signed.
pub(super) struct Payload<'p>(BTreeMap<String, &'p RawValue>);

/// The clock and the tolerance by which the times of a token are checked.
pub(super) struct Times<'t> {
    pub(super) now: u64,
    pub(super) settings: &'t IssuerSettings,
    pub(super) difference: &'t ClockDifference,
}

/// The `aud` of a token: one, or a list
/// ([RFC 7519, section 4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Members that are given twice are an error: another reader might take the other one.
impl<'de: 'p, 'p> Deserialize<'de> for Payload<'p> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Payload<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Payload<'de>, A::Error> {
        let mut all = BTreeMap::new();
        while let Some((name, value)) = members.next_entry::<String, &RawValue>()? {
            if all.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(Payload(all))
    }
}

impl Audience {
    pub(super) fn into_list(self) -> Vec<String> {
        match self {
            Self::One(audience) => vec![audience],
            Self::Many(audiences) => audiences,
        }
    }
}

impl<'p> Payload<'p> {
    pub(super) fn read(json: &'p [u8]) -> Result<Self, InvalidToken> {
        serde_json::from_slice(json).map_err(|_| InvalidToken::Malformed)
    }

    /// An optional claim. If it is present, it must be a `T`; `null` counts as present.
    pub(super) fn claim<T: ClaimType>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, InvalidToken> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        serde_json::from_str(value.get()).map(Some).map_err(|_| {
            let found = serde_json::from_str(value.get());
            let found = found.as_ref().map_or("unreadable", type_of);
            wrong(name, format!("is {found}, not {}", T::WHAT))
        })
    }

    /// A required claim.
    pub(super) fn required<T: ClaimType>(&self, name: &'static str) -> Result<T, InvalidToken> {
        self.claim(name)?.ok_or_else(|| missing(name))
    }

    /// Checks `iss`: equal to the byte.
    pub(super) fn check_issuer(&self, settings: &IssuerSettings) -> Result<(), InvalidToken> {
        let issuer = self.required::<String>("iss")?;
        let another = || another(&issuer, &settings.issuer, &settings.issuer_key());
        check("iss", issuer == settings.issuer, another)
    }

    /// Checks `aud`, and `azp` if it is there or must be.
    pub(super) fn check_audience(
        &self,
        app_id: &str,
        settings: &IssuerSettings,
    ) -> Result<(), InvalidToken> {
        let (own, key) = (app_id, settings.key("app_id"));
        let audiences = self.required::<Audience>("aud")?.into_list();
        let all = || another(&audiences.join(", "), own, &key);
        check("aud", audiences.iter().any(|audience| audience == own), all)?;
        match self.claim::<String>("azp")? {
            Some(party) => check("azp", party == own, || another(&party, own, &key)),
            None => check("aud", audiences.len() == 1, || {
                format!(
                    "also names other audiences (`{}`), but there is no `azp`",
                    shown(&audiences.join(", "))
                )
            }),
        }
    }

    /// The subject: 1 to 255 visible ASCII characters.
    pub(super) fn subject(&self) -> Result<String, InvalidToken> {
        self.name("sub")?.ok_or_else(|| missing("sub"))
    }

    /// A claim that names something, if it is there: 1 to 255 visible ASCII characters.
    pub(super) fn name(&self, name: &'static str) -> Result<Option<String>, InvalidToken> {
        let text = self.claim::<String>(name)?;
        let fit = text.as_ref().is_none_or(|text| {
            (1..=255).contains(&text.len())
                && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        });
        check(name, fit, || "is not 1 to 255 visible ASCII characters".into()).map(|()| text)
    }

    /// Checks `exp`, `iat` and, if it is there, `nbf` against the time that it is.
    pub(super) fn check_lifetime(&self, times: &Times<'_>) -> Result<(), InvalidToken> {
        let (now, skew) = (times.now, times.settings.clock_skew.as_secs());
        let expires_at = self.required::<NumericDate>("exp")?.rounded_down();
        let issued_at = self.required::<NumericDate>("iat")?.rounded_up();
        let not_before = self.claim::<NumericDate>("nbf")?.map(NumericDate::rounded_up);
        check("exp", now < expires_at.saturating_add(skew), || {
            let by = now.saturating_sub(expires_at);
            let help = clock_help(times);
            format!(
                "was {by} s ago; if the token is new, this server's clock is ahead of Logto's: {help}"
            )
        })?;
        check_beginning("iat", Some(issued_at), times)?;
        check_beginning("nbf", not_before, times)
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

/// A type as which a claim can be read.
pub(super) trait ClaimType: DeserializeOwned {
    /// The name of the type in a message.
    const WHAT: &'static str;
}

impl ClaimType for String {
    const WHAT: &'static str = "a string";
}

impl ClaimType for NumericDate {
    const WHAT: &'static str = "a time between 1970 and 9999 in seconds";
}

impl ClaimType for Audience {
    const WHAT: &'static str = "a string or a list of strings";
}

impl ClaimType for BTreeMap<String, serde_json::Value> {
    const WHAT: &'static str = "an object";
}

/// An error that says what is wrong with a claim, unless it is as it should be.
pub(super) fn check(
    claim: &'static str,
    right: bool,
    why: impl FnOnce() -> String,
) -> Result<(), InvalidToken> {
    if right { Ok(()) } else { Err(wrong(claim, why())) }
}

/// Checks that a time from which on a token counts is not in the future.
pub(super) fn check_beginning(
    name: &'static str,
    at: Option<u64>,
    times: &Times<'_>,
) -> Result<(), InvalidToken> {
    let now = times.now;
    let latest = now.saturating_add(times.settings.clock_skew.as_secs());
    check(name, at.is_none_or(|at| at <= latest), || {
        let (by, help) = (at.unwrap_or_default().saturating_sub(now), clock_help(times));
        format!(
            "is {by} s in the future; if the token is new, this server's clock is {by} s behind Logto's: \
             {help}"
        )
    })
}

pub(super) fn missing(name: &'static str) -> InvalidToken {
    wrong(name, "is missing".into())
}

fn wrong(name: &'static str, why: String) -> InvalidToken {
    InvalidToken::Claim { name, why }
}

/// The advice for clocks that differ too much.
fn clock_help(times: &Times<'_>) -> String {
    let (skew, key) = (times.settings.clock_skew, times.settings.key("clock_skew"));
    let (skew, difference) = (humantime::format_duration(skew), times.difference.in_words());
    format!("correct it, or raise {key}, which is {skew}{difference}")
}

/// The message about a text that differs from the expected one, and the key that the expected one comes from.
pub(super) fn another(found: &str, expected: &str, key: &str) -> String {
    format!("is `{}`, not `{}`, which follows from {key}", shown(found), shown(expected))
}
