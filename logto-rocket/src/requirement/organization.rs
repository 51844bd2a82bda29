//! [`Organization`]: the organization that a condition refers to.

use std::fmt;

use rocket::Request;

use super::function::Returned;

/// The organization that a condition refers to.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Organization {
    /// The one with this id.
    Id(&'static str),
    /// The one whose id is a segment of the path.
    Segment {
        /// What the route calls the segment.
        name: &'static str,
        /// Its place in the path, counted from 0 at the mount point.
        index: usize,
    },
    /// The one that a function of the application finds.
    Resolver(Resolver),
}

/// A function of the application that finds the organization of a request.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Resolver {
    /// Its path as it was written.
    pub name: &'static str,
    /// The function. Only a guard calls it.
    pub call: for<'a, 'r> fn(&'a Request<'r>) -> Returned<'a, Option<String>>,
}

impl fmt::Debug for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id:?}"),
            Self::Segment { name, .. } => write!(f, "\"<{name}>\""),
            Self::Resolver(resolver) => f.write_str(resolver.name),
        }
    }
}
