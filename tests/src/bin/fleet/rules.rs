//! [`Rule`]: what must hold, whatever is killed.

use std::fmt;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// No answer is another user's, or of another session.
    WrongUser,
    /// Nobody is signed out who has not signed out.
    SignedOut,
    /// Nobody is in who has signed out.
    StillIn,
    /// The code of a sign-in is exchanged once.
    TwoExchanges,
    /// A sign-in works, unless something was away meanwhile.
    SignIn,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongUser => "wrong-user",
            Self::SignedOut => "signed-out",
            Self::StillIn => "still-in",
            Self::TwoExchanges => "two-exchanges",
            Self::SignIn => "sign-in",
        })
    }
}
