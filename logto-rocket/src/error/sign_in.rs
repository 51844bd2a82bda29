//! [`SignInError`]: why a sign-in failed.

use std::fmt;

use rocket::http::Status;

use super::{Error, InvalidToken};

/// Why a sign-in failed. Each error has its own page, whose HTML the hook [`pages`](crate::LogtoFairing::pages)
/// can replace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInError {
    /// A parameter of the callback occurs more than once ([RFC 6749, section
    /// 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)); 400.
    RepeatedParameter(String),
    /// This browser has no sign-in in progress for the callback; 400. Cookies are disabled, later sign-ins
    /// replaced its cookie, or the link is forged.
    Unknown,
    /// The sign-in took longer than an hour; 400. The page links to a new sign-in, which returns to the same
    /// page of the site.
    TooLate,
    /// The code of the sign-in has already been used, for example after the back button; 400.
    Spent,
    /// The answer is not from the expected issuer ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)); 400.
    /// Contains the actual issuer, shortened, and the expected one.
    WrongIssuer(String),
    /// The user cancelled at Logto, which then sends neither a code nor an error; 403.
    Cancelled,
    /// Logto answered `access_denied`; 403.
    AccessDenied,
    /// Logto requires an action by the user (`login_required`, `consent_required`, …), but the
    /// request had `prompt=none`; 403. Contains the error code.
    InteractionRequired(String),
    /// Logto refused the request with another error code; 502, or 503 if the code means a temporary error.
    /// Usually the registration of the application or its resources at Logto differs from the configuration.
    Provider {
        /// The error code.
        code: String,
        /// What to change, for the log: the values that the sign-in sent, and their sources.
        help: String,
    },
    /// The hook `on_sign_in` refused the sign-in; 403.
    Refused {
        /// The name of the user, as the page shows it.
        display_name: String,
        /// The text of the [`SignInRefusal`](crate::SignInRefusal) that the hook returned, which the page shows
        /// too. `None` if the hook returned another error.
        text: Option<String>,
    },
    /// The hook `on_sign_in` panicked, so the user was not let in; 500.
    HookPanicked,
    /// The claims do not fit into the session cookies; 500.
    TooLarge,
    /// The code could not be exchanged, or the answer was not valid: 503 if Logto did not answer, 400 if the
    /// code was no longer valid, 403 if a recent sign-in was required and this one is older, otherwise 502.
    Exchange(Error),
}

impl SignInError {
    /// The error that Logto sent to the callback, by its code. `help` knows what to mend.
    pub(crate) fn from_code(code: &str, help: impl FnOnce(&str) -> String) -> Self {
        match code {
            "access_denied" => Self::AccessDenied,
            "login_required"
            | "consent_required"
            | "interaction_required"
            | "account_selection_required" => Self::InteractionRequired(code.into()),
            _ => {
                let code = if is_error_code(code) { code } else { "unrecognized" };
                Self::Provider { code: code.into(), help: help(code) }
            }
        }
    }

    /// The status that the callback answers with.
    pub fn status(&self) -> Status {
        match self {
            Self::RepeatedParameter(_)
            | Self::Unknown
            | Self::TooLate
            | Self::Spent
            | Self::WrongIssuer(_) => Status::BadRequest,
            Self::Cancelled
            | Self::AccessDenied
            | Self::InteractionRequired(_)
            | Self::Refused { .. }
            | Self::Exchange(Error::InvalidToken(InvalidToken::Claim {
                name: "auth_time", ..
            })) => Status::Forbidden,
            Self::Provider { code, .. } if code == "temporarily_unavailable" => {
                Status::ServiceUnavailable
            }
            Self::HookPanicked | Self::TooLarge => Status::InternalServerError,
            Self::Exchange(Error::Unavailable { .. } | Error::Store { .. }) => {
                Status::ServiceUnavailable
            }
            Self::Exchange(Error::Refused { code, .. }) if code == "invalid_grant" => {
                Status::BadRequest
            }
            Self::Provider { .. } | Self::Exchange(_) => Status::BadGateway,
        }
    }

    /// Whether this happens in normal operation and is not a fault.
    pub(crate) fn is_everyday(&self) -> bool {
        matches!(
            self,
            Self::Unknown
                | Self::TooLate
                | Self::Spent
                | Self::Cancelled
                | Self::AccessDenied
                | Self::InteractionRequired(_)
        )
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedParameter(name) => {
                write!(f, "the callback has the parameter `{name}` more than once")
            }
            Self::Unknown => f.write_str(
                "this browser has no sign-in in progress for the callback (cookies are rejected, \
                 the host name differs from `base_url`, later sign-ins replaced it, or the link \
                 is forged); open the site at `base_url` and sign in again",
            ),
            Self::TooLate => f.write_str("the sign-in took longer than an hour"),
            Self::Spent => f.write_str("the code of this sign-in has already been used"),
            Self::WrongIssuer(why) => write!(f, "the callback's `iss` {why}"),
            Self::Cancelled => f.write_str("the user cancelled the sign-in at Logto, or a proxy removed the query of the callback"),
            Self::AccessDenied => f.write_str(
                "Logto answered `access_denied`: it does not let this user sign in to the application; \
                 see the access control of the application in Logto's console",
            ),
            Self::InteractionRequired(code) => write!(
                f,
                "Logto answered `{code}`: it has to ask the user something, which `prompt=none` forbids; \
                 leave `prompt` out"
            ),
            Self::Provider { code, help } => write!(f, "Logto answered `{code}`; {help}"),
            Self::Refused { .. } => f.write_str("`on_sign_in` refused the user"),
            Self::HookPanicked => f.write_str("`on_sign_in` panicked, so the user was not let in"),
            Self::TooLarge => f.write_str(
                "the session does not fit into its cookies, or the values of `on_sign_in` are too large",
            ),
            Self::Exchange(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SignInError {}

impl From<Error> for SignInError {
    fn from(error: Error) -> Self {
        Self::Exchange(error)
    }
}

/// Whether a code has the shape of one of OAuth's and may stand in a log.
fn is_error_code(code: &str) -> bool {
    let letters = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    letters && (1..=64).contains(&code.len())
}
