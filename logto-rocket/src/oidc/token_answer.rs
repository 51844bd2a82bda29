//! [`Answer`] and [`Refusal`]: what the token endpoint sends.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use openidconnect::{ErrorResponse, OAuth2TokenResponse, Scope, TokenType};
use serde::{Deserialize, Deserializer, Serialize};

use super::secrets::RawIdToken;

/// The longest accepted lifetime, a year; a longer one is an error.
const LONGEST_LIFETIME: u64 = 366 * 24 * 3600;

/// An answer of the token endpoint. Its ID token stays text, so that it is read by one verifier
/// only.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Answer {
    #[serde(deserialize_with = "not_empty")]
    pub access_token: openidconnect::AccessToken,
    token_type: Bearer,
    pub expires_in: Option<u64>,
    pub refresh_token: Option<openidconnect::RefreshToken>,
    pub id_token: Option<RawIdToken>,
    #[serde(default, rename = "scope", deserialize_with = "by_spaces")]
    pub scopes: Option<Vec<Scope>>,
}

/// The only type of token that is understood, in whatever case it is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Bearer;

/// An error of the token endpoint, without its description.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Refusal {
    pub error: String,
}

impl OAuth2TokenResponse for Answer {
    type TokenType = Bearer;

    fn access_token(&self) -> &openidconnect::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &Bearer {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(|seconds| Duration::from_secs(seconds.min(LONGEST_LIFETIME)))
    }

    fn refresh_token(&self) -> Option<&openidconnect::RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scopes.as_ref()
    }
}

impl TokenType for Bearer {}

impl<'de> Deserialize<'de> for Bearer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        if name.eq_ignore_ascii_case("Bearer") {
            Ok(Self)
        } else {
            Err(serde::de::Error::custom("not `Bearer`"))
        }
    }
}

impl ErrorResponse for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

fn not_empty<'de, D: Deserializer<'de>>(token: D) -> Result<openidconnect::AccessToken, D::Error> {
    let token = String::deserialize(token)?;
    if token.is_empty() {
        return Err(serde::de::Error::custom("empty"));
    }
    Ok(openidconnect::AccessToken::new(token))
}

fn by_spaces<'de, D: Deserializer<'de>>(scopes: D) -> Result<Option<Vec<Scope>>, D::Error> {
    let scopes = Option::<String>::deserialize(scopes)?;
    Ok(scopes.map(|all| all.split_whitespace().map(|one| Scope::new(one.into())).collect()))
}
