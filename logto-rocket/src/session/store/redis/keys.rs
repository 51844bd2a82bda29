//! The keys of sessions, and scripts on one key.

use std::time::Duration;

/// The key of a session.
pub(super) fn session_key(prefix: &str, id: &str) -> String {
    format!("{prefix}:s:{{{id}}}")
}

/// A script on one key.
pub(super) fn script(text: &str, key: &str) -> redis::Cmd {
    let mut script = redis::cmd("EVAL");
    script.arg(text).arg(1).arg(key);
    script
}

/// At least one, because Redis rejects an expiry of zero.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
