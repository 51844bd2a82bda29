//! [`Error`]: what went wrong, and, where it is known, why.

mod refusal;
mod sign_in;

use std::fmt;
use std::time::Duration;

pub use self::refusal::Refusal;
pub use self::sign_in::SignInError;
use crate::names::{ORGANIZATIONS, ORGANIZATIONS_RESOURCE};

/// What went wrong between this application and Logto.
///
/// No variant ever holds a secret, a token, or text that Logto wrote for people
/// (`error_description`, `message`). Errors are cheap to clone, because one answer may be shared by
/// several requests that waited for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Logto could not be reached, did not answer in time, or said that it cannot answer now
    /// (5xx, 429). Typically a network fault or a restart of Logto; trying again later helps.
    Unavailable {
        /// What was asked of Logto.
        call: Call,
        /// What happened, for the log.
        why: String,
        /// How long Logto asked to wait, from `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// Logto answered, but not as the specification demands: a wrong content type, a missing
    /// member, an endpoint on a foreign origin. Typically a proxy in between or a wrong `endpoint`.
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
        /// The error code, such as `invalid_client`. Only a code of printable ASCII letters is
        /// kept; anything else reads `unrecognized`.
        code: String,
    },
    /// A token did not pass verification.
    InvalidToken(InvalidToken),
    /// A sign-in option cannot be sent to Logto as it is.
    InvalidOption {
        /// The option's name, such as `extra`.
        option: &'static str,
        /// What is wrong with it and how to mend it.
        why: String,
    },
    /// The session is over: Logto no longer honours its refresh token, or it was ended.
    SessionOver,
    /// The token that is needed has expired and the session has no refresh token to renew it.
    /// Typically `prompt` was changed, or `offline_access` is missing from the scopes.
    NoRefreshToken,
    /// The session store did not do what it was asked. Typically it is out of reach; trying again
    /// later helps.
    Store {
        /// What it said, for the log.
        why: String,
    },
    /// A list of sessions is wanted, but sessions are in cookies, which their browsers alone know: a
    /// mistake in the application, 500 as the error of a handler. `session.store` names a store.
    NoSessionStore,
    /// An access token is wanted for an API resource, or for an organization, that no sign-in of
    /// this application asks for: a mistake in the application, 500 as the error of a handler.
    UndeclaredResource {
        /// The resource's indicator; `urn:logto:resource:organizations` for organizations.
        resource: String,
    },
    /// The sign-in of this session did not ask Logto for this API resource, or for organizations,
    /// but one that starts now would: 401 as the error of a handler, which sends a browser through
    /// the sign-in once.
    SignInAskedLess,
    /// Logto gave the application a token of its own, but without scopes that were asked for: it
    /// drops what the application has no permission for, and says nothing. Typically the
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
}

/// Why a token was not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidToken {
    /// It is no signed JWT, or too large to be one of Logto's.
    Malformed,
    /// Its header names an algorithm that is not accepted (accepted: ES256, ES384, RS256, PS256),
    /// one that does not fit the key, or demands an extension (`crit`).
    Header(String),
    /// Logto publishes no key with this token's key id.
    UnknownKey,
    /// The signature is not by Logto's key.
    Signature,
    /// A claim is missing, of the wrong type, or has the wrong value. Holds the claim's name.
    Claim(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable { call, why, .. } => {
                write!(f, "Logto is out of reach: {call}: {why}")
            }
            Self::BadAnswer { call, why } => {
                write!(f, "Logto's answer was not understood: {call}: {why}")
            }
            Self::Refused { call, code } => {
                write!(f, "Logto refused: {call}: {code}")?;
                call.remedy(code).map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
            }
            Self::InvalidToken(why) => write!(f, "a token of Logto's is not valid: {why}"),
            Self::InvalidOption { option, why } => {
                write!(f, "the sign-in option `{option}`: {why}")
            }
            Self::SessionOver => f.write_str("the session is over"),
            Self::NoRefreshToken => f.write_str(
                "the token has expired and the session has no refresh token; Logto gives one \
                 for the scope `offline_access` with `prompt = \"consent\"`",
            ),
            Self::NoSessionStore => f.write_str(
                "sessions are in cookies, which their browsers alone know; keep them in a store to \
                 list them: `logto.session.store = \"memory\"` or `\"redis\"`",
            ),
            Self::Store { why } => write!(f, "the session store is out of reach: {why}"),
            Self::UndeclaredResource { resource } if resource == ORGANIZATIONS_RESOURCE => write!(
                f,
                "no sign-in asks for organizations; name `{ORGANIZATIONS}` in `logto.scopes`"
            ),
            Self::UndeclaredResource { resource } => write!(
                f,
                "no sign-in asks for the resource `{resource}`; name it in `logto.resources`, or \
                 let a mounted handler take the guard `AccessToken<R>` of it"
            ),
            Self::SignInAskedLess => {
                f.write_str("the sign-in of this session did not ask Logto for what is needed here")
            }
            Self::ScopeNotGranted { scopes, target } => write!(
                f,
                "Logto gave a token for `{target}` without `{}`; give the machine-to-machine \
                 application a role with that permission",
                scopes.join("`, `")
            ),
        }
    }
}

impl std::error::Error for Error {}

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
        })
    }
}

impl Call {
    /// What helps if Logto refuses the call with this code, where the code alone does not tell.
    fn remedy(self, code: &str) -> Option<&'static str> {
        match (self, code) {
            (Self::ClientCredentials, "invalid_request" | "unauthorized_client") => Some(
                "only a machine-to-machine application whose secret has not expired gets tokens of \
                 its own; name one with `client_credentials().app(id, secret)`",
            ),
            (Self::ClientCredentials, "access_denied") => {
                Some("the application must be a member of the organization")
            }
            (Self::TokenExchange, "invalid_request" | "unauthorized_client") => {
                Some("token exchange must be allowed in the settings of the application at Logto")
            }
            (Self::TokenExchange, "invalid_grant") => {
                Some("a subject token works once, and for some minutes only")
            }
            (Self::Introspection, "unsupported_token_type") => {
                Some("a JWT says by itself what it is good for, and is verified by its signature")
            }
            _ => None,
        }
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("it is no signed JWT"),
            Self::Header(why) => write!(f, "its header is refused: {why}"),
            Self::UnknownKey => f.write_str("Logto publishes no key with its key id"),
            Self::Signature => f.write_str("its signature is wrong"),
            Self::Claim(name) => write!(f, "its claim `{name}` is missing or wrong"),
        }
    }
}

impl From<InvalidToken> for Error {
    fn from(why: InvalidToken) -> Self {
        Self::InvalidToken(why)
    }
}
