//! [`By`]: what an ending names.

/// What an ending names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum By {
    Id,
    Sid,
    Sub,
}
