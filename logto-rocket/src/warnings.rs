//! [`Warnings`]: what is logged once, however often its cause occurs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// What this application has been warned about.
#[derive(Default)]
pub(crate) struct Warnings(Mutex<BTreeSet<(&'static str, &'static str)>>);

impl Warnings {
    /// Logs a warning about `what`, once for each of its causes.
    pub fn once(&self, what: &'static str, cause: &'static str, text: impl FnOnce() -> String) {
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert((what, cause)) {
            log::warn!("{}", text());
        }
    }
}
