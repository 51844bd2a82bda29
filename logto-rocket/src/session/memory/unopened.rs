//! [`Unopened`]: the one line in the log about sessions that do not open.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the log has said that a session does not open.
#[derive(Default)]
pub(in crate::session) struct Unopened(AtomicBool);

impl Unopened {
    /// Returns what was decrypted. If nothing was, logs once in this process that `what` cannot be decrypted. It
    /// logs only once because anybody can send cookies.
    pub fn noted<T>(&self, opened: Option<T>, what: &'static str) -> Option<T> {
        if opened.is_none() && !self.0.swap(true, Ordering::Relaxed) {
            log::warn!(
                "{what} cannot be decrypted with any of `secret_keys`, so its browser counts as \
                 signed out. It is forged, or was encrypted with another key, for another issuer \
                 or app id, or by another version. All processes need the same keys, and an old \
                 key must stay in `secret_keys` as long as sessions last. This is logged once."
            );
        }
        opened
    }
}
