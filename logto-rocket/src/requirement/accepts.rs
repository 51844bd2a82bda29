//! [`Accepts`]: what a request presents to meet a requirement.

use std::fmt;

use super::organization::Organization;
use crate::resource::Indicator;

/// What a request presents to meet a requirement.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Accepts {
    /// The session of a signed-in user.
    Session,
    /// An access token for this audience.
    Bearer(Audience),
    /// Either of them.
    Either(Audience),
}

/// What an access token must be for. One of the two is given.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Audience {
    /// The API resource.
    pub resource: Option<Indicator>,
    /// The organization that it is limited to, or, without a resource, that it is for.
    pub organization: Option<Organization>,
}

impl Accepts {
    pub(crate) fn sessions(self) -> bool {
        !matches!(self, Self::Bearer(_))
    }

    /// The audience of access tokens, if they are accepted.
    pub(crate) fn audience(self) -> Option<Audience> {
        match self {
            Self::Session => None,
            Self::Bearer(audience) | Self::Either(audience) => Some(audience),
        }
    }
}

impl fmt::Display for Accepts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "",
            Self::Bearer(_) => "bearer, ",
            Self::Either(_) => "session, bearer, ",
        })
    }
}
