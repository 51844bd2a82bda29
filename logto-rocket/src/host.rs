//! [`HostId`]: which of the hosts of a site.

/// Which of the hosts of a site, by its place in the configuration. What is sealed for one host opens
/// at no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HostId(usize);

impl HostId {
    /// The first host, which is the only one of most sites.
    pub const FIRST: Self = Self(0);

    pub fn new(index: usize) -> Self {
        Self(index)
    }

    pub fn index(self) -> usize {
        self.0
    }
}
