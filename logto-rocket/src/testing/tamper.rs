use serde_json::Value;

/// A fault in the tokens that the provider issues, until [`Idp::heal`](super::Idp::heal).
///
/// The variants up to [`Hs256`](Self::Hs256) change a JWT. [`Idp::tamper`](super::Idp::tamper) applies them to
/// ID tokens and logout tokens, and [`Idp::tamper_access_tokens`](super::Idp::tamper_access_tokens) to JWT
/// access tokens. The other variants change the answer of the token endpoint. Several faults apply together, in
/// the order of the calls.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Tamper {
    /// A claim has this value.
    Claim(String, Value),
    /// A claim is missing.
    RemoveClaim(String),
    /// A member of the JOSE header has this value; `null` removes it.
    Header(String, Value),
    /// Signed with a key that is not in the JWKS, with the `kid` of the key that is.
    WrongKey,
    /// `alg: none` and an empty signature.
    Unsigned,
    /// `alg: HS256`, signed with the application's secret.
    Hs256,
    /// No ID token in the answer.
    NoIdToken,
    /// No refresh token in the answer.
    NoRefreshToken,
    /// No access token in the answer.
    NoAccessToken,
    /// Another `token_type`.
    TokenType(String),
    /// Another `scope`.
    Scope(String),
    /// No `scope` in the answer.
    NoScope,
    /// Another `expires_in`, in seconds.
    ExpiresIn(i64),
    /// No `expires_in` in the answer.
    NoExpiresIn,
}

impl Tamper {
    /// A claim of this value, for example `Tamper::claim("iss", "https://elsewhere.test/oidc")`.
    pub fn claim(name: &str, value: impl Into<Value>) -> Self {
        Self::Claim(name.to_owned(), value.into())
    }

    /// An ID token without this claim.
    pub fn remove_claim(name: &str) -> Self {
        Self::RemoveClaim(name.to_owned())
    }

    /// A header member of this value; `Value::Null` removes it.
    pub fn header(name: &str, value: impl Into<Value>) -> Self {
        Self::Header(name.to_owned(), value.into())
    }

    /// Changes the answer of the token endpoint.
    pub(super) fn apply(&self, answer: &mut Value) {
        let Some(members) = answer.as_object_mut() else { return };
        let (name, value) = match self {
            Self::NoIdToken => ("id_token", None),
            Self::NoRefreshToken => ("refresh_token", None),
            Self::NoAccessToken => ("access_token", None),
            Self::NoScope => ("scope", None),
            Self::NoExpiresIn => ("expires_in", None),
            Self::TokenType(value) => ("token_type", Some(Value::from(value.as_str()))),
            Self::Scope(value) => ("scope", Some(Value::from(value.as_str()))),
            Self::ExpiresIn(seconds) => ("expires_in", Some(Value::from(*seconds))),
            _ => return,
        };
        match value {
            Some(value) => members.insert(name.to_owned(), value),
            None => members.remove(name),
        };
    }
}
