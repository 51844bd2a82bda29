//! [`HostId`]: which of the hosts of a site.

/// One of the hosts of a site, by its place in the configuration. What is encrypted for one host cannot be
/// decrypted for another.
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
