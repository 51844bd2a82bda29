//! [`Token`]: an access token of a session, and the [`Audience`] that it is for.

use serde::{Deserialize, Serialize};

use crate::oidc::AccessToken;

/// What an access token is for; by default, for userinfo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Audience {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// An access token, what it is good for, and until when, in seconds since the Unix epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    #[serde(rename = "t")]
    pub text: AccessToken,
    #[serde(rename = "s")]
    pub scopes: Vec<String>,
    /// From then on another one is asked for.
    #[serde(rename = "n")]
    pub renew_at: u64,
    #[serde(rename = "e")]
    pub expires_at: u64,
}
