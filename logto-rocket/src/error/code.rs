//! The stable code of each error, which pages, problem documents and events carry as well.

use super::{Error, InvalidToken, Refusal, SignInError};

impl Error {
    /// The stable code of this error, such as `logto_unavailable`. The manual [lists](crate::guide::pages#codes) all
    /// codes. Later versions may add codes, but do not change existing ones.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "logto_unavailable",
            Self::BadAnswer { .. } => "bad_answer",
            Self::Refused { .. } => "refused_by_logto",
            Self::InvalidToken(_) => "invalid_token",
            Self::InvalidOption { .. } => "invalid_option",
            Self::SessionOver => "session_over",
            Self::NoRefreshToken => "no_refresh_token",
            Self::Store { .. } => "store_unavailable",
            Self::NoSessionStore => "no_session_store",
            Self::UndeclaredResource { .. } => "undeclared_resource",
            Self::SignInAskedLess => "sign_in_asked_less",
            Self::ScopeNotGranted { .. } => "scope_not_granted",
        }
    }
}

impl SignInError {
    /// The stable code of this error, such as `sign_in_cancelled`. The manual [lists](crate::guide::pages#codes) all
    /// codes. Later versions may add codes, but do not change existing ones.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RepeatedParameter(_) => "repeated_parameter",
            Self::Unknown => "unknown_sign_in",
            Self::TooLate => "sign_in_too_late",
            Self::Spent => "used_sign_in",
            Self::WrongIssuer(_) => "wrong_issuer",
            Self::Cancelled => "sign_in_cancelled",
            Self::AccessDenied => "access_denied",
            Self::InteractionRequired(_) => "interaction_required",
            Self::Provider { .. } => "refused_by_logto",
            Self::Refused { .. } => "sign_in_refused",
            Self::HookPanicked => "misconfigured",
            Self::TooLarge => "session_too_large",
            Self::Exchange(Error::Refused { code, .. }) if code == "invalid_grant" => {
                "sign_in_expired"
            }
            Self::Exchange(Error::InvalidToken(InvalidToken::Claim {
                name: "auth_time", ..
            })) => "sign_in_stays_old",
            Self::Exchange(error) => error.code(),
        }
    }
}

impl Refusal {
    /// The stable code of this refusal, such as `not_signed_in`. The manual [lists](crate::guide::pages#codes) all
    /// codes. Later versions may add codes, but do not change existing ones.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not_signed_in",
            Self::Denied(_) => "denied",
            Self::Claims(_) => "claims_missing",
            Self::ForeignOrigin => "foreign_origin",
            Self::SignInTooOld { .. } => "sign_in_too_old",
            Self::SignInStaysOld { .. } => "sign_in_stays_old",
            Self::SignInAskedLess => "sign_in_asked_less",
            Self::NoToken => "no_access_token",
            Self::InvalidRequest(_) => "invalid_authorization",
            Self::InvalidToken(_) => "invalid_access_token",
            Self::InsufficientScope { .. } => "insufficient_scope",
            Self::TokenTooOld { .. } => "insufficient_user_authentication",
            Self::NoOrganization => "no_organization",
            Self::Unavailable { .. } => "undecided",
            Self::Misconfigured(_) => "misconfigured",
            Self::NotAttached => "not_attached",
        }
    }
}
