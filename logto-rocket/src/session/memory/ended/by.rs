//! [`By`]: what an ending names.

/// What an ending names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum By {
    Id,
    Sid,
    /// All of a user, up to an instant by this server's clock.
    Sub,
    /// All of a user, up to an instant by Logto's clock.
    SubAtLogto,
}
