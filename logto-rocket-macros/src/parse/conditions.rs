//! [`Conditions`]: a requirement without errors.

use std::fmt::{self, Display, Formatter};

use super::accepts::Accepts;
use super::condition::{Condition, separated};

/// The conditions of a requirement, all of which must be met, and whose they are. Without any, being
/// signed in is enough.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conditions {
    pub(crate) accepts: Accepts,
    pub(crate) all: Vec<Condition>,
}

impl Display for Conditions {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.accepts.fmt(f)?;
        if self.accepts != Accepts::Session && !self.all.is_empty() {
            f.write_str(", ")?;
        }
        separated(f, &self.all)
    }
}
