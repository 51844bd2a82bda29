//! [`Check`]: a function of the application that takes part in a requirement.

use super::function::Returned;
use crate::user::LogtoUser;

/// A function of the application, and its name.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Check {
    /// Its path as it was written.
    pub name: &'static str,
    /// The function. Only a guard calls it.
    pub call: for<'a> fn(&'a LogtoUser) -> Returned<'a, bool>,
}
