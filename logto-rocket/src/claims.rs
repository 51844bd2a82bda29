//! [`Claims`]: the claims of a user, typed where they are known.

mod held;
mod misfit;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use self::held::Held;
pub(crate) use self::misfit::Misfit;
use crate::numeric_date::{milliseconds, seconds};

/// The claims of a user. Logto's own claims are typed; all others are stored as they were received.
///
/// The scopes of the sign-in and the tenant's settings determine the set of claims. Logto sends `null` for a
/// missing name, picture, e-mail address or phone number. In this type such a claim is `None`, like an absent
/// one. Only [`sub`](Known::sub) identifies the user, because an e-mail address can pass from one person to
/// another.
#[derive(Clone)]
pub struct Claims {
    raw: Box<str>,
    known: Known,
    parsed: OnceLock<Map<String, Value>>,
}

/// The claims that have a type in this crate.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Known {
    /// The user's id at Logto.
    pub sub: String,
    /// The full name (scope `profile`).
    pub name: Option<String>,
    /// The unique name that the user signs in with (scope `profile`).
    pub username: Option<String>,
    /// The address of an avatar (scope `profile`).
    pub picture: Option<String>,
    /// The given name (scope `profile`).
    pub given_name: Option<String>,
    /// The family name (scope `profile`).
    pub family_name: Option<String>,
    /// The middle name (scope `profile`).
    pub middle_name: Option<String>,
    /// The nickname (scope `profile`).
    pub nickname: Option<String>,
    /// The name by which the user wishes to be called (scope `profile`).
    pub preferred_username: Option<String>,
    /// The address of a profile page (scope `profile`).
    pub profile: Option<String>,
    /// The address of the user's own site (scope `profile`).
    pub website: Option<String>,
    /// The gender (scope `profile`).
    pub gender: Option<String>,
    /// The birthday, `YYYY-MM-DD` (scope `profile`).
    pub birthdate: Option<String>,
    /// The time zone, such as `Europe/Berlin` (scope `profile`).
    pub zoneinfo: Option<String>,
    /// The language, such as `en-US` (scope `profile`).
    pub locale: Option<String>,
    /// When the user was created, in **milliseconds** since the Unix epoch (scope `profile`).
    #[serde(default, deserialize_with = "milliseconds")]
    pub created_at: Option<i64>,
    /// When the user was last changed, in **milliseconds** since the Unix epoch (scope `profile`).
    /// Every sign-in changes it.
    #[serde(default, deserialize_with = "milliseconds")]
    pub updated_at: Option<i64>,
    /// The e-mail address (scope `email`).
    pub email: Option<String>,
    /// Whether Logto has verified the e-mail address (scope `email`).
    pub email_verified: Option<bool>,
    /// The phone number (scope `phone`).
    pub phone_number: Option<String>,
    /// Whether Logto has verified the phone number (scope `phone`).
    pub phone_number_verified: Option<bool>,
    /// The postal address (scope `address`).
    pub address: Option<Address>,
    /// The names of the user's roles (scope `roles`).
    pub roles: Option<Vec<String>>,
    /// The ids of the user's organizations (scope `urn:logto:scope:organizations`).
    pub organizations: Option<Vec<String>>,
    /// The user's roles in organizations, as `<organization id>:<role name>`
    /// (scope `urn:logto:scope:organization_roles`).
    pub organization_roles: Option<Vec<String>>,
    /// The names of the organizations (scope `urn:logto:scope:organizations`; in user info).
    pub organization_data: Option<Vec<OrganizationData>>,
    /// The id of the session at Logto; only present if back-channel logout requires it.
    pub sid: Option<String>,
    /// When the user last entered a password or a factor at Logto, in whole seconds since the Unix
    /// epoch; only present if the sign-in asked for it.
    #[serde(default, deserialize_with = "seconds")]
    pub auth_time: Option<u64>,
}

/// A postal address
/// ([OpenID Connect Core, section 5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#AddressClaim)).
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// The whole address, formatted for a label.
    pub formatted: Option<String>,
    /// Street and house number.
    pub street_address: Option<String>,
    /// City.
    pub locality: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

/// The name of an organization.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrganizationData {
    /// The organization's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
}

impl Claims {
    /// Reads the claims from a JSON object.
    ///
    /// # Errors
    ///
    /// If `json` is not an object or has no string `sub`; if a claim of [`Known`] has a type that Logto never
    /// uses for it; or if a claim has a value that `serde_json::Value` cannot represent: a number beyond the
    /// range of `f64`, half of a surrogate pair, or more than 127 nested lists and objects.
    ///
    /// ```
    /// use logto_rocket::Claims;
    ///
    /// let claims = Claims::from_json(r#"{"sub": "k3d9", "name": null, "team": "ops"}"#)?;
    /// assert_eq!(claims.sub, "k3d9");
    /// assert_eq!(claims.name, None);
    /// assert_eq!(claims.get::<String>("team")?.as_deref(), Some("ops"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        // serde would also read a list with as many members as a `Known`.
        if !json.trim_start().starts_with('{') {
            return Err(serde::de::Error::custom("claims are a JSON object"));
        }
        let known = serde_json::from_str(json)?;
        // Else a claim that decides could be none because of another one that cannot be read.
        serde_json::from_str::<Held>(json)?;
        Ok(Self { known, raw: json.into(), parsed: OnceLock::new() })
    }

    /// The same as [`from_json`](Self::from_json), with an error that names the claim and never its
    /// value.
    pub(crate) fn read(json: &str) -> Result<Self, Misfit> {
        Misfit::check::<Known>(json)?;
        Misfit::check::<Held>(json)?;
        Self::from_json(json).map_err(|_| Misfit::of_all())
    }

    /// The claims as a JSON object: the original text in the request of the sign-in, and a text with the same
    /// members in later requests of the session.
    pub fn as_json(&self) -> &str {
        &self.raw
    }

    /// One claim, by its name, as your own type; `None` if it is absent or `null`.
    ///
    /// # Errors
    ///
    /// If the claim is present but cannot be read as a `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, serde_json::Error> {
        self.all().get(name).cloned().map_or(Ok(None), serde_json::from_value)
    }

    /// All claims as your own type.
    ///
    /// # Errors
    ///
    /// If the claims cannot be read as a `T`; the message names the claim.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.raw)
    }

    /// The claim at a path of member names, if it exists and is not `null`.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        let found = rest.iter().try_fold(self.all().get(*first)?, |value, name| value.get(name));
        found.filter(|value| !value.is_null())
    }

    /// The same claims, without those for which `keep` returns `false`. `sub` is always included.
    pub(crate) fn filtered(&self, keep: impl Fn(&str) -> bool) -> Result<Self, serde_json::Error> {
        let kept: Map<_, _> = self
            .all()
            .iter()
            .filter(|(name, _)| *name == "sub" || keep(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Self::from_json(&serde_json::to_string(&kept)?)
    }

    /// The same claims, and those of `others` that are not among them.
    pub(crate) fn completed_by(&self, others: &Self) -> Result<Self, serde_json::Error> {
        let mut all = others.all().clone();
        all.extend(self.all().iter().map(|(name, value)| (name.clone(), value.clone())));
        Self::from_json(&serde_json::to_string(&all)?)
    }

    /// The names of the claims with the bytes that each takes, largest first.
    pub(crate) fn sizes(&self) -> Vec<(&str, usize)> {
        let mut sizes: Vec<_> = self
            .all()
            .iter()
            .map(|(name, value)| (name.as_str(), name.len() + value.to_string().len()))
            .collect();
        sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        sizes
    }

    /// All claims by name. That a value can hold them was seen when they were read.
    pub(crate) fn all(&self) -> &Map<String, Value> {
        self.parsed.get_or_init(|| serde_json::from_str(&self.raw).unwrap_or_default())
    }
}

impl std::ops::Deref for Claims {
    type Target = Known;

    fn deref(&self) -> &Known {
        &self.known
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Claims").field(&self.raw).finish()
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(raw.get()).map_err(serde::de::Error::custom)
    }
}
