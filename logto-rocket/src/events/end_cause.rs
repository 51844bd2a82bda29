//! [`EndCause`]: why a session has ended before its time.

use std::fmt;

/// Why a session has ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndCause {
    /// The user signed out of this site.
    SignOut,
    /// A new sign-in in the same browser replaced the session.
    NewSignIn,
    /// The application ended the session with [`SessionControl`](crate::SessionControl).
    Application,
    /// Logto reported with a logout token that the session at Logto has ended.
    BackchannelLogout,
    /// Logto reported with a webhook that the user is suspended or deleted, or has a new password.
    Webhook,
    /// Logto refused a renewal: the grant has ended, or the user may no longer use the application.
    RefusedByLogto,
    /// Logto's answer to a renewal named another user.
    AnotherUser,
}

impl EndCause {
    /// A stable name, for a label of a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignOut => "sign_out",
            Self::NewSignIn => "new_sign_in",
            Self::Application => "application",
            Self::BackchannelLogout => "backchannel_logout",
            Self::Webhook => "webhook",
            Self::RefusedByLogto => "refused_by_logto",
            Self::AnotherUser => "another_user",
        }
    }
}

impl fmt::Display for EndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignOut => "the user signed out",
            Self::NewSignIn => "another sign-in took its place",
            Self::Application => "the application ended it",
            Self::BackchannelLogout => "its session at Logto has ended",
            Self::Webhook => "Logto reported a change of the user",
            Self::RefusedByLogto => "Logto refused to renew it",
            Self::AnotherUser => "a renewal named another user",
        })
    }
}
