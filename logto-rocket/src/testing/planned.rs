use std::fmt;

use super::shared::Shared;

/// A fault that was just planned, by default for one request.
pub struct Planned<'a> {
    pub(super) shared: &'a Shared,
    pub(super) number: u64,
}

impl Planned<'_> {
    /// The next `n` requests.
    pub fn times(self, n: usize) {
        self.shared.lock().faults.limit(self.number, Some(n));
    }

    /// Every request until [`Idp::heal`](super::Idp::heal).
    pub fn for_ever(self) {
        self.shared.lock().faults.limit(self.number, None);
    }
}

impl fmt::Debug for Planned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planned").field("number", &self.number).finish_non_exhaustive()
    }
}
