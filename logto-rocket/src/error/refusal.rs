//! [`Refusal`]: why a guard refused a request.

use std::fmt;
use std::time::Duration;

use rocket::http::Status;

use super::{Call, Error};

/// Why a guard of this crate refused a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is signed in, or the session is over; 401.
    NotSignedIn,
    /// The user is signed in, but does not meet the requirement, or Logto denies them a token; 403.
    /// Holds the conditions that are not met, in the words of the attribute.
    Denied(String),
    /// The user is signed in, but lacks a claim that
    /// [`ClaimsAs`](crate::ClaimsAs) needs, or it has another type; 403. Holds serde's message.
    Claims(String),
    /// A request with an unsafe method, or an `Upgrade`, that another site made in the user's name;
    /// 403. `trusted_origins` names the origins that may.
    ForeignOrigin,
    /// The user is signed in and nothing else is missing, but the sign-in is older than a `max_age`
    /// allows; 401, which sends a browser to sign in again.
    SignInTooOld {
        /// How old it may be.
        max_age: Duration,
    },
    /// The same, right after a sign-in that was to mend it; 403.
    SignInStaysOld {
        /// How old it may be.
        max_age: Duration,
    },
    /// The sign-in of this session did not ask Logto for a scope or resource that the requirement
    /// needs, but another one would: the requirement is newer than the session; 401, which sends a
    /// browser to sign in once more.
    SignInAskedLess,
    /// The segment of the path that names an organization is not the id of one; 404.
    NoOrganization,
    /// The answer depends on Logto, which is out of reach; 503.
    Unavailable {
        /// How long to wait before trying again.
        retry_after: Option<Duration>,
    },
    /// The application asks for what it is not set up for; 500. Holds what that is and the remedy.
    Misconfigured(String),
    /// The fairing is not attached; 500. The launch fails before this can happen, but for guards in
    /// generic code, which it cannot see.
    NotAttached,
}

impl Refusal {
    /// The status that the refusal has.
    pub fn status(&self) -> Status {
        match self {
            Self::NotSignedIn | Self::SignInTooOld { .. } | Self::SignInAskedLess => {
                Status::Unauthorized
            }
            Self::Denied(_)
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
                "the request comes from another site; `logto.trusted_origins` names those that may",
            ),
            Self::SignInTooOld { max_age } | Self::SignInStaysOld { max_age } => {
                let max_age = humantime::format_duration(*max_age);
                write!(f, "the sign-in is older than {max_age}, or Logto does not tell its age")
            }
            Self::SignInAskedLess => {
                f.write_str("the sign-in did not ask Logto for what is needed here")
            }
            Self::NoOrganization => f.write_str("the path names no organization"),
            Self::Unavailable { .. } => f.write_str("Logto is out of reach"),
            Self::Misconfigured(why) => f.write_str(why),
            Self::NotAttached => {
                f.write_str("the fairing is not attached: rocket::build().attach(Logto::fairing())")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// What an error means for the request that it happened in.
impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        match error {
            Error::SessionOver | Error::NoRefreshToken => Self::NotSignedIn,
            Error::SignInAskedLess => Self::SignInAskedLess,
            Error::Refused { call: Call::Token, code } if code == "access_denied" => {
                Self::Denied("an access token".into())
            }
            Error::InvalidOption { .. }
            | Error::NoSessionStore
            | Error::UndeclaredResource { .. }
            | Error::ScopeNotGranted { .. } => Self::Misconfigured(error.to_string()),
            Error::Unavailable { retry_after, .. } => {
                Self::Unavailable { retry_after: *retry_after }
            }
            Error::BadAnswer { .. }
            | Error::Refused { .. }
            | Error::InvalidToken(_)
            | Error::Store { .. } => Self::Unavailable { retry_after: None },
        }
    }
}
