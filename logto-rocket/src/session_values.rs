//! [`SessionValues`]: the application's own values in a session.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// The most that the values of a session may take as JSON, in bytes. In cookies they also share
/// `session.max_cookie_bytes` with the claims.
pub(crate) const MAX_VALUES: usize = 8 * 1024;

/// The application's own values in a session: what the hook
/// [`on_sign_in`](crate::LogtoFairing::on_sign_in) returns, and
/// [`LogtoUser::values_as()`](crate::LogtoUser::values_as) reads.
///
/// They are encrypted with the session, in its cookies or in the store, so that nobody can read or change
/// them without the secret key. They stay as they were at the sign-in until the session ends; the next
/// sign-in replaces them. Whatever changes meanwhile (a balance, a blocked account) belongs in your own
/// [record of the user](crate::guide::sessions#your-own-user-record).
///
/// As JSON they may take 8 KiB. In cookies they share `session.max_cookie_bytes` (2,750) with the claims. A
/// sign-in with more fails with 500 and the page `session_too_large`, and the log has the size.
///
/// ```
/// use logto_rocket::{Logto, SessionValues};
/// use rocket::serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// # #[serde(crate = "rocket::serde")]
/// struct Membership {
///     customer: u64,
///     plan: String,
/// }
///
/// Logto::fairing().on_sign_in(|_request, user| {
///     Box::pin(async move {
///         let plan = if user.has_role("gold") { "gold" } else { "basic" };
///         // From your database, by `user.id()`.
///         let membership = Membership { customer: 4711, plan: plan.into() };
///         Ok(SessionValues::new(&membership)?)
///     })
/// });
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SessionValues(Arc<str>);

/// What the hook [`on_sign_in`](crate::LogtoFairing::on_sign_in) may return: nothing (`()`), the
/// application's [values](SessionValues) in the session, or an `Option` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from `on_sign_in`",
    label = "neither `()` nor `SessionValues`",
    note = "make values of what can be serialized: `Ok(SessionValues::new(&value)?)`"
)]
pub trait IntoSessionValues {
    /// The values, if there are any.
    fn into_values(self) -> Option<SessionValues>;
}

impl SessionValues {
    /// The values as one of your types, which [`LogtoUser::values_as()`](crate::LogtoUser::values_as) reads
    /// again, also after a new version of the application has been deployed: give new fields
    /// `#[serde(default)]`.
    ///
    /// # Errors
    ///
    /// If the type cannot be written as JSON, for example because it is a map whose keys are not strings. As
    /// the error of the hook it refuses the sign-in (403).
    pub fn new<T: Serialize + ?Sized>(values: &T) -> Result<Self, serde_json::Error> {
        let json = serde_json::to_string(values)?;
        // Between the members only, where a type writes JSON of its own; in texts they are escaped.
        Ok(Self(json.replace(['\n', '\r'], " ").into()))
    }

    /// How much they take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl IntoSessionValues for () {
    fn into_values(self) -> Option<SessionValues> {
        None
    }
}

impl IntoSessionValues for SessionValues {
    fn into_values(self) -> Option<SessionValues> {
        Some(self)
    }
}

impl IntoSessionValues for Option<SessionValues> {
    fn into_values(self) -> Option<SessionValues> {
        self
    }
}

/// Without the values, which may be confidential.
impl fmt::Debug for SessionValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionValues({} bytes)", self.bytes())
    }
}

/// As they are, within the text of a session.
impl Serialize for SessionValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SessionValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(raw.get().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_they_were_and_are_never_shown() {
        let values = SessionValues::new(&("a secret\nplan", 7_u64)).unwrap();
        assert_eq!(values.read::<(String, u64)>().unwrap(), ("a secret\nplan".into(), 7));
        assert_eq!(format!("{values:?}"), "SessionValues(20 bytes)");
        assert!(values.read::<Vec<u64>>().is_err());
        assert_eq!(().into_values(), None);
        assert_eq!(Some(values.clone()).into_values(), values.into_values());
    }

    #[test]
    fn values_are_one_line_whatever_writes_them() {
        let own = RawValue::from_string("{\n  \"a\": \"b\\nc\"\r\n}".into()).unwrap();
        let values = SessionValues::new(&own).unwrap();
        assert!(!values.0.contains(['\n', '\r']));
        let map = values.read::<std::collections::BTreeMap<String, String>>().unwrap();
        assert_eq!(map["a"], "b\nc");
    }
}
