//! [`StoreCall`]: a call of the session store.

use std::fmt;

/// A call of the session store: the method of [`SessionStore`](crate::SessionStore).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreCall {
    /// `create`.
    Create,
    /// `load`.
    Load,
    /// `replace`.
    Replace,
    /// `delete`.
    Delete,
    /// `delete_by_sid`.
    DeleteBySid,
    /// `delete_by_sub`.
    DeleteBySub,
    /// `list_by_sub`.
    ListBySub,
    /// `lease`.
    Lease,
    /// `release`.
    Release,
}

impl StoreCall {
    /// The name of the method, for a label of a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Load => "load",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::DeleteBySid => "delete_by_sid",
            Self::DeleteBySub => "delete_by_sub",
            Self::ListBySub => "list_by_sub",
            Self::Lease => "lease",
            Self::Release => "release",
        }
    }
}

impl fmt::Display for StoreCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
