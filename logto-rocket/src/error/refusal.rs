//! [`Refusal`]: why a guard refused a request.

use std::fmt;
use std::time::Duration;

use rocket::http::Status;

use super::denial::{Denial, Lack};
use super::{Call, Error, InvalidToken};

/// Why a guard of this crate refused a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// No user is signed in, or the session has ended; 401. On a route that accepts sessions and access tokens,
    /// also if a program with a token calls and a guard asks for the user.
    NotSignedIn,
    /// The user is signed in, but does not meet the requirement, or Logto denies the user a token; 403.
    /// Contains the conditions that are not met, in the syntax of the attribute.
    Denied(Denial),
    /// The user is signed in, but a claim that [`ClaimsAs`](crate::ClaimsAs) needs is missing or has another
    /// type;
    /// 403. Contains serde's message.
    Claims(String),
    /// Another site made a request with an unsafe method, or an `Upgrade`, in the user's browser;
    /// 403. `trusted_origins` lists the origins that may make such requests.
    ForeignOrigin,
    /// The user meets the requirement, except that the sign-in is older than its `max_age`; 401,
    /// which sends a browser to sign in again.
    SignInTooOld {
        /// How old it may be.
        max_age: Duration,
    },
    /// The same, right after a sign-in for this requirement; 403.
    SignInStaysOld {
        /// How old it may be.
        max_age: Duration,
    },
    /// The requirement is newer than the session; 401, which sends a browser to sign in again. The requirement
    /// needs a scope or resource for which the sign-in of this session did not ask Logto, but a new sign-in
    /// would.
    SignInAskedLess,
    /// A program must present an access token, but presented none; 401.
    NoToken,
    /// The `Authorization` header is malformed, or there are two; 400. Contains the reason.
    InvalidRequest(&'static str),
    /// The access token that a program presented is not valid, has expired, or is for another API or
    /// organization; 401.
    InvalidToken(InvalidToken),
    /// The access token that a program presented does not meet the requirement; 403.
    InsufficientScope {
        /// The conditions that are not met, in the syntax of the attribute.
        required: String,
        /// The scopes for which the program must ask Logto, separated by blanks; empty if the token has them
        /// all.
        scopes: String,
    },
    /// The access token that a program presented meets the requirement, except that the user's sign-in is older
    /// than `max_age`, or that the token does not say when the user signed in; 401.
    TokenTooOld {
        /// How old it may be.
        max_age: Duration,
    },
    /// The segment of the path that names an organization is not the id of one; 404.
    NoOrganization,
    /// The decision depends on Logto or the session store, which did not give a usable answer; 503.
    Unavailable {
        /// What happened, for the log.
        why: String,
        /// How long to wait before trying again.
        retry_after: Option<Duration>,
    },
    /// The application requires something for which it is not configured; 500. Contains the reason
    /// and the remedy.
    Misconfigured(String),
    /// The fairing is not attached; 500. Usually the launch fails for this reason, but the launch cannot detect
    /// guards in generic code.
    NotAttached,
}

impl Refusal {
    /// The status that the refusal has.
    pub fn status(&self) -> Status {
        match self {
            Self::NotSignedIn
            | Self::SignInTooOld { .. }
            | Self::SignInAskedLess
            | Self::NoToken
            | Self::InvalidToken(_)
            | Self::TokenTooOld { .. } => Status::Unauthorized,
            Self::InvalidRequest(_) => Status::BadRequest,
            Self::Denied(_)
            | Self::InsufficientScope { .. }
            | Self::Claims(_)
            | Self::ForeignOrigin
            | Self::SignInStaysOld { .. } => Status::Forbidden,
            Self::NoOrganization => Status::NotFound,
            Self::Unavailable { .. } => Status::ServiceUnavailable,
            Self::Misconfigured(_) | Self::NotAttached => Status::InternalServerError,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSignedIn => f.write_str("nobody is signed in"),
            Self::Denied(requirement) => write!(f, "required: {requirement}"),
            Self::Claims(why) => write!(f, "the user's claims do not fit: {why}"),
            Self::ForeignOrigin => f.write_str(
                "the request comes from another site; `logto.trusted_origins` lists the allowed \
                 origins",
            ),
            Self::SignInTooOld { max_age } | Self::SignInStaysOld { max_age } => {
                let max_age = humantime::format_duration(*max_age);
                write!(f, "the sign-in is older than {max_age}, or Logto does not report its age")
            }
            Self::SignInAskedLess => {
                f.write_str("the sign-in did not ask Logto for a required scope or resource")
            }
            Self::NoToken => f.write_str(
                "an access token is required: `Authorization: Bearer …` (in this header only)",
            ),
            Self::InvalidRequest(why) => write!(f, "the `Authorization` header {why}"),
            Self::InvalidToken(why) => write!(f, "the access token is not valid: {why}"),
            Self::InsufficientScope { required, .. } => write!(f, "required: {required}"),
            Self::TokenTooOld { max_age } => {
                let max_age = humantime::format_duration(*max_age);
                write!(
                    f,
                    "the sign-in behind the access token is older than {max_age}, or the token has \
                     no `auth_time`"
                )
            }
            Self::NoOrganization => f.write_str("the path names no organization"),
            Self::Unavailable { why, .. } | Self::Misconfigured(why) => f.write_str(why),
            Self::NotAttached => {
                f.write_str("the fairing is not attached: rocket::build().attach(Logto::fairing())")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// The refusal for an error in a request.
impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        match error {
            Error::SessionOver | Error::NoRefreshToken => Self::NotSignedIn,
            Error::SignInAskedLess => Self::SignInAskedLess,
            Error::Refused { call: Call::Token, code, .. } if code == "access_denied" => {
                let text = "membership in the organization that the access token is for".into();
                Self::Denied(Denial::new(text, vec![Lack::Membership { here: false }]))
            }
            Error::InvalidOption { .. }
            | Error::NoSessionStore
            | Error::UndeclaredResource { .. }
            | Error::ScopeNotGranted { .. } => Self::Misconfigured(error.to_string()),
            Error::Unavailable { retry_after, .. } => {
                Self::Unavailable { why: error.to_string(), retry_after: *retry_after }
            }
            Error::BadAnswer { .. }
            | Error::Refused { .. }
            | Error::InvalidToken(_)
            | Error::Store { .. } => {
                Self::Unavailable { why: error.to_string(), retry_after: None }
            }
        }
    }
}
