//! [`Accepts`]: what a request may prove its caller with.

use std::fmt::{self, Display, Formatter};

/// Which credentials a request may present. `Display` writes the syntax.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Accepts {
    /// The session of a browser.
    Session,
    /// An access token.
    Bearer,
    /// One of the two.
    Either,
}

impl Display for Accepts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "",
            Self::Bearer => "bearer",
            Self::Either => "session, bearer",
        })
    }
}
