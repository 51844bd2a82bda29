//! [`Error`]: an error between this application and Logto, with its reason.

mod code;
mod denial;
mod refusal;
mod sign_in;

use std::fmt::{self, Write as _};
use std::time::Duration;

pub use self::denial::Denial;
pub(crate) use self::denial::Lack;
pub use self::refusal::Refusal;
pub use self::sign_in::SignInError;
use crate::names::{ORGANIZATIONS_RESOURCE, scope};
use crate::shown::{OneLine, shown};

/// An error between this application and Logto.
///
/// No variant ever contains a secret, a token, or Logto's descriptions (`error_description`,
/// `message`). Errors are cheap to clone, because several requests may share one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Logto could not be reached, did not answer in time, or answered that it is unavailable (5xx,
    /// 429). The usual cause is a network fault or a restart of Logto; a later attempt may succeed.
    Unavailable {
        /// What was asked of Logto.
        call: Call,
        /// What happened, for the log.
        why: String,
        /// The status of the answer, if there was one: 429, or 500 and above.
        status: Option<u16>,
        /// The waiting time that Logto asked for, from `Retry-After`; a minute at most.
        retry_after: Option<Duration>,
    },
    /// Logto's answer does not conform to the specification: a wrong content type, a missing member, an
    /// endpoint on another origin. The usual cause is a proxy that answers instead of Logto, or a wrong
    /// `endpoint`.
    BadAnswer {
        /// What was asked of Logto.
        call: Call,
        /// What was wrong with the answer, for the log.
        why: String,
    },
    /// Logto refused with an OAuth 2 error code
    /// ([RFC 6749, section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    Refused {
        /// What was asked of Logto.
        call: Call,
        /// The error code, such as `invalid_client`. A code with characters other than ASCII
        /// letters, digits, `_` and `-` is replaced by `unrecognized`.
        code: String,
        /// What to change, with the keys of the configuration and the sources of their values, for the log.
        help: String,
    },
    /// A token did not pass verification.
    InvalidToken(InvalidToken),
    /// A sign-in option cannot be sent to Logto as it is.
    InvalidOption {
        /// The option's name, such as `extra`.
        option: &'static str,
        /// What is wrong with it and how to fix it.
        why: String,
    },
    /// The session has ended, or Logto no longer accepts its refresh token.
    SessionOver,
    /// The required token is missing or has expired, and the session has no refresh token to get one. The
    /// usual cause is a changed `prompt`, or scopes without `offline_access`.
    NoRefreshToken,
    /// A call to the session store failed. The usual cause is that it is unreachable; a later
    /// attempt may succeed.
    Store {
        /// The reason, for the log.
        why: String,
    },
    /// The application asked for a list of sessions, but sessions are in cookies, which only the browsers have.
    /// This is an error in the application; 500 as the error of a handler. Set `session.store` to a store.
    NoSessionStore,
    /// The application asked for an access token for an API resource or an organization, but no sign-in asks
    /// for it. This is an error in the application; 500 as the error of a handler.
    UndeclaredResource {
        /// The resource's indicator; `urn:logto:resource:organizations` for organizations.
        resource: String,
    },
    /// The sign-in of this session did not ask Logto for this API resource, or for organizations,
    /// but a new sign-in would. 401 as the error of a handler, which sends a browser through the
    /// sign-in once.
    SignInAskedLess,
    /// Logto issued a token to the application itself, but without some of the requested scopes. Logto omits a
    /// scope for which the application has no permission, and reports no error. The usual cause is that the
    /// machine-to-machine application lacks a role.
    ScopeNotGranted {
        /// The scopes that are missing.
        scopes: Vec<String>,
        /// What the token was for: the indicator of an API resource, or the id of an organization.
        target: String,
    },
}

/// A call to Logto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call {
    /// The discovery document.
    Discovery,
    /// The key set (JWKS).
    Keys,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    UserInfo,
    /// The revocation endpoint.
    Revocation,
    /// The pushed authorization request endpoint (RFC 9126).
    PushedAuthorization,
    /// The token endpoint, for a token of the application itself
    /// ([RFC 6749, section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ClientCredentials,
    /// The token endpoint, to exchange a token
    /// ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).
    TokenExchange,
    /// The introspection endpoint ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).
    Introspection,
    /// A request of a [diagnosis](crate::Logto::diagnose), which signs nobody in or out.
    Diagnosis,
}

/// Why a token was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidToken {
    /// The token is not a signed JWT, or it is too large to come from Logto.
    Malformed,
    /// The header names an algorithm that is not accepted (accepted are ES256, ES384, RS256 and PS256), names
    /// an algorithm that does not match the key, or requires an extension (`crit`).
    Header(String),
    /// Logto publishes no key with this token's key id.
    UnknownKey,
    /// The signature does not match Logto's key.
    Signature,
    /// A claim is not what it must be.
    Claim {
        /// The claim's name.
        name: &'static str,
        /// What is wrong with the claim, for the log: it is missing, forbidden, of another type, or has another
        /// value. For `iss`, `aud` and `azp` the text also has the actual and the expected value. For times it
        /// also has the difference of the clocks, and what to do.
        why: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A client, the store or Logto may have chosen a part of the text.
        let mut f = OneLine(f);
        match self {
            Self::Unavailable { call, why, .. } => {
                write!(f, "Logto is unavailable: {call}: {why}")
            }
            Self::BadAnswer { call, why } => {
                write!(f, "Logto's answer is invalid: {call}: {why}")
            }
            Self::Refused { call, code, help } => {
                write!(f, "Logto refused: {call}: {code}; {help}")
            }
            Self::InvalidToken(why) => write!(f, "a token from Logto is not valid: {why}"),
            Self::InvalidOption { option, why } => {
                write!(f, "the sign-in option `{option}`: {why}")
            }
            Self::SessionOver => f.write_str("the session is over"),
            Self::NoRefreshToken => {
                f.write_str(
                    "the session has no valid access token, and no refresh token to get one; Logto \
                     issues a refresh token for the scope `offline_access` with `prompt = \"consent\"`",
                )?;
                // The error does not tell whether a test made the session.
                if cfg!(all(feature = "testing", debug_assertions)) {
                    f.write_str(
                        "; a session of `testing::sign_in` has the tokens that the test gives it: \
                         `User::access_token` for an API resource, `User::organization_token` for an \
                         organization",
                    )?;
                }
                Ok(())
            }
            Self::NoSessionStore => f.write_str(
                "sessions are in cookies, so they cannot be listed; use a store: \
                 `logto.session.store = \"memory\"` or `\"redis\"`",
            ),
            Self::Store { why } => write!(f, "the session store is unavailable: {why}"),
            Self::UndeclaredResource { resource } if resource == ORGANIZATIONS_RESOURCE => write!(
                f,
                "no sign-in asks for organizations; add `{}` to `logto.scopes`",
                scope::ORGANIZATIONS
            ),
            Self::UndeclaredResource { resource } => write!(
                f,
                "no sign-in asks for the resource `{}`; add it to `logto.resources`, or \
                 add its guard `AccessToken<R>` to a mounted handler",
                shown(resource)
            ),
            Self::SignInAskedLess => f.write_str(
                "the sign-in of this session did not ask Logto for a required scope or resource",
            ),
            Self::ScopeNotGranted { scopes, target } => write!(
                f,
                "Logto issued a token for `{target}` without `{}`; give the machine-to-machine \
                 application a role with that permission",
                scopes.join("`, `")
            ),
        }
    }
}

impl Error {
    /// Whether Logto refuses the application itself, whatever session, resource or organization it
    /// asked for: its secret is wrong or has expired, or it may not make such requests.
    pub(crate) fn is_of_the_application(&self) -> bool {
        const CODES: [&str; 3] = ["invalid_client", "invalid_request", "unauthorized_client"];
        matches!(self, Self::Refused { code, .. } if CODES.contains(&code.as_str()))
    }
}

impl std::error::Error for Error {}

impl Call {
    /// A stable name, for a label of a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Token => "token",
            Self::UserInfo => "user_info",
            Self::Revocation => "revocation",
            Self::PushedAuthorization => "pushed_authorization",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "token_exchange",
            Self::Introspection => "introspection",
            Self::Diagnosis => "diagnosis",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set",
            Self::Token => "token request",
            Self::UserInfo => "userinfo request",
            Self::Revocation => "token revocation",
            Self::PushedAuthorization => "pushed authorization request",
            Self::ClientCredentials => "request for a token of the application itself",
            Self::TokenExchange => "token exchange",
            Self::Introspection => "token introspection",
            Self::Diagnosis => "request of a diagnosis",
        })
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("it is not a signed JWT"),
            Self::Header(why) => write!(f, "its header is not accepted: {why}"),
            Self::UnknownKey => f.write_str("Logto publishes no key with its key id"),
            Self::Signature => f.write_str("its signature is wrong"),
            Self::Claim { name, why } => write!(f, "its claim `{name}` {why}"),
        }
    }
}

impl From<InvalidToken> for Error {
    fn from(why: InvalidToken) -> Self {
        Self::InvalidToken(why)
    }
}

#[cfg(test)]
mod tests;
