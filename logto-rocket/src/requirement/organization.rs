//! [`Organization`]: which one a condition speaks of.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use rocket::Request;

use super::check::{Later, Now};

/// Which organization a condition speaks of.
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
    pub call: for<'a, 'r> fn(&'a Request<'r>) -> Resolution<'a>,
}

/// The id that a [`Resolver`] finds, once it is there.
#[doc(hidden)]
pub type Resolution<'a> = Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>>;

/// What an application's function found, be it there now or to come.
#[doc(hidden)]
pub fn resolution<'a, Kind, Found>(found: Found) -> Resolution<'a>
where
    Found: IntoResolution<'a, Kind>,
{
    found.into_resolution()
}

/// What the function of an `organization` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an `organization` is found as `Option<String>`, not `{Self}`",
    label = "this function answers something else",
    note = "it is an `async fn(&Request<'_>) -> Option<String>`, or the same without `async`"
)]
pub trait IntoResolution<'a, Kind> {
    /// The answer as a future.
    fn into_resolution(self) -> Resolution<'a>;
}

impl<'a> IntoResolution<'a, Now> for Option<String> {
    fn into_resolution(self) -> Resolution<'a> {
        Box::pin(std::future::ready(self))
    }
}

impl<'a, F: Future<Output = Option<String>> + Send + 'a> IntoResolution<'a, Later> for F {
    fn into_resolution(self) -> Resolution<'a> {
        Box::pin(self)
    }
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
