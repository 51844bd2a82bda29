//! [`Registry`]: what protects the mounted routes.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::requirement::Tree;

/// What protects the mounted routes, as the guards note it while the application launches.
#[derive(Default)]
pub(crate) struct Registry {
    requirements: Mutex<Vec<(Place, Tree)>>,
    parameters: Mutex<BTreeSet<String>>,
}

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
        let mut noted = self.requirements.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.iter().any(|(known, _)| *known == place) {
            noted.push((place, requirement));
        }
    }

    /// The routes with a requirement, in the order in which they were noted.
    pub fn requirements(&self) -> Vec<(Place, Tree)> {
        self.requirements.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that a handler has this guard as a parameter, perhaps within an `Option` or a `Result`.
    /// Rocket does not tell which handler.
    pub fn note_parameter(&self, guard: String) {
        self.parameters.lock().unwrap_or_else(PoisonError::into_inner).insert(guard);
    }

    /// The guards that handlers have as parameters.
    pub fn parameters(&self) -> Vec<String> {
        let noted = self.parameters.lock().unwrap_or_else(PoisonError::into_inner);
        noted.iter().cloned().collect()
    }
}
