//! [`Registry`]: the requirements of the mounted routes.

use std::sync::{Mutex, PoisonError};

use crate::requirement::Tree;

/// The requirements of the mounted routes, as their guards note them while the application launches.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Vec<(Place, Tree)>>);

/// Where a requirement is written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The handler's name.
    pub name: &'static str,
    /// The method in the route attribute.
    pub method: &'static str,
    /// The path and query in the route attribute.
    pub uri: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// The module.
    pub module: &'static str,
}

impl Registry {
    /// Notes a route with a requirement, once.
    pub fn note(&self, place: Place, requirement: Tree) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.iter().any(|(known, _)| *known == place) {
            noted.push((place, requirement));
        }
    }

    /// The routes with a requirement, in the order in which they were noted.
    pub fn all(&self) -> Vec<(Place, Tree)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
