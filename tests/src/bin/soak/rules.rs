//! [`Rule`]: what must hold.

use std::fmt;

/// The requests that no outage excuses.
pub const UNDISTURBED: &str = "requests while nothing was away";

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// No answer is another user's, of another session or another program's.
    WrongUser,
    /// Nobody gets a 5xx or no answer, unless something is away.
    Unserved,
    /// Nobody is signed out who has not signed out, and no program is refused.
    SignedOut,
    /// Nobody is in who has signed out, or whose end Logto has reported.
    StillIn,
    /// A sign-in works, unless something is away.
    SignIn,
    /// Memory stays at its level.
    Memory,
    /// No task is left.
    Tasks,
    /// No file and no connection is left open.
    Descriptors,
    /// No thread is left.
    Threads,
}

impl Rule {
    /// Those that requests show.
    pub const OF_REQUESTS: [Self; 5] =
        [Self::WrongUser, Self::Unserved, Self::SignedOut, Self::StillIn, Self::SignIn];

    /// Whether an outage excuses a breach.
    pub fn is_excusable(self) -> bool {
        matches!(self, Self::Unserved | Self::SignIn)
    }

    /// What there must be none of.
    pub fn claim(self) -> &'static str {
        match self {
            Self::WrongUser => "answers of another user, session or program",
            Self::Unserved => "5xx, or no answer, outside outages",
            Self::SignedOut => "users signed out without a sign-out",
            Self::StillIn => "ended sessions that were still accepted",
            Self::SignIn => "failed sign-ins outside outages",
            Self::Memory => "memory",
            Self::Tasks => "tasks",
            Self::Descriptors => "open files and connections",
            Self::Threads => "threads",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongUser => "wrong-user",
            Self::Unserved => "unserved",
            Self::SignedOut => "signed-out",
            Self::StillIn => "still-in",
            Self::SignIn => "sign-in",
            Self::Memory => "memory",
            Self::Tasks => "tasks",
            Self::Descriptors => "descriptors",
            Self::Threads => "threads",
        })
    }
}
