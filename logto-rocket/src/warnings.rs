//! [`Warnings`]: what is logged once, however often its cause occurs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What this application has been warned about.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<BTreeSet<(&'static str, &'static str)>>);

impl Warnings {
    /// Logs a warning about `what`, once for each of its causes.
    pub fn once(&self, what: &'static str, cause: &'static str, text: impl FnOnce() -> String) {
        if self.is_first(what, cause) {
            log::warn!("{}", text());
        }
    }

    /// Logs an error of the application about `what`, once for each of its causes.
    pub fn error_once(
        &self,
        what: &'static str,
        cause: &'static str,
        text: impl FnOnce() -> String,
    ) {
        if self.is_first(what, cause) {
            log::error!("{}", text());
        }
    }

    fn is_first(&self, what: &'static str, cause: &'static str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((what, cause))
    }
}
