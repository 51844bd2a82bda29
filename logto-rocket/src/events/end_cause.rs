//! [`EndCause`]: why a session has ended before its time.

use std::fmt;

/// Why a session has ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndCause {
    /// The user signed out here.
    SignOut,
    /// Another sign-in took its place in its browser.
    NewSignIn,
    /// The application ended it, by [`SessionControl`](crate::SessionControl).
    Application,
    /// Logto reported by a logout token that its session there has ended.
    BackchannelLogout,
    /// Logto reported by a webhook that the user is suspended or deleted, or has a new password.
    Webhook,
    /// Logto refused to renew it: its grant has ended, or the user may not use the application any more.
    RefusedByLogto,
    /// A renewal named another user.
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
