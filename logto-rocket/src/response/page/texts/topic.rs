//! [`Topic`]: what a page is about, with its stable code.

/// Declares the topics with their codes, and the lists of both.
macro_rules! topics {
    ($($topic:ident = $code:literal,)+) => {
        /// What a page is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Topic {
            $($topic,)+
        }

        impl Topic {
            /// All topics.
            const ALL: &[Self] = &[$(Self::$topic),+];

            /// The codes of all pages.
            pub const CODES: &[&str] = &[$($code),+];

            /// The stable code of the page.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$topic => $code,)+
                }
            }
        }
    };
}

topics! {
    NotSignedIn = "not_signed_in",
    SignInLoop = "sign_in_loop",
    SignInFirst = "sign_in_first",
    SignInInFrame = "sign_in_in_frame",
    SignInTooOld = "sign_in_too_old",
    SignInAskedLess = "sign_in_asked_less",
    SignInStaysOld = "sign_in_stays_old",
    Undecided = "undecided",
    ForeignOrigin = "foreign_origin",
    Denied = "denied",
    ClaimsMissing = "claims_missing",
    NoOrganization = "no_organization",
    NoAccessToken = "no_access_token",
    InvalidAuthorization = "invalid_authorization",
    InvalidAccessToken = "invalid_access_token",
    InsufficientScope = "insufficient_scope",
    InsufficientUserAuthentication = "insufficient_user_authentication",
    Misconfigured = "misconfigured",
    NotAttached = "not_attached",
    NotANavigation = "not_a_navigation",
    SignInNotStarted = "sign_in_not_started",
    SignInAgain = "sign_in_again",
    SignedIn = "signed_in",
    SignedInElsewhere = "signed_in_elsewhere",
    SignOut = "sign_out",
    SignedOutHere = "signed_out_here",
    SignedOutInThisBrowser = "signed_out_in_this_browser",
    LogtoUnavailable = "logto_unavailable",
    StoreUnavailable = "store_unavailable",
    BadAnswer = "bad_answer",
    RefusedByLogto = "refused_by_logto",
    InvalidToken = "invalid_token",
    RepeatedParameter = "repeated_parameter",
    WrongIssuer = "wrong_issuer",
    OtherIssuer = "other_issuer",
    UnlistedHost = "unlisted_host",
    UnknownSignIn = "unknown_sign_in",
    SignInTooLate = "sign_in_too_late",
    UsedSignIn = "used_sign_in",
    SignInExpired = "sign_in_expired",
    SignInCancelled = "sign_in_cancelled",
    AccessDenied = "access_denied",
    InteractionRequired = "interaction_required",
    SignInRefused = "sign_in_refused",
    SessionTooLarge = "session_too_large",
}

impl Topic {
    /// The topic of the page for the code of an error.
    pub fn of(code: &str) -> Self {
        Self::ALL.iter().copied().find(|topic| topic.code() == code).unwrap_or(Self::BadAnswer)
    }

    /// All topics, to test the languages.
    #[cfg(test)]
    pub fn all() -> &'static [Self] {
        Self::ALL
    }
}
