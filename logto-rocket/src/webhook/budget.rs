//! [`Budget`]: the memory that the bodies of webhooks may take together.

use crate::sync::Arc;
use crate::sync::atomic::{AtomicU64, Ordering};

/// How many bytes the bodies take at most beyond what each may take without asking.
const MAX_BYTES: u64 = 32 << 20;

/// The memory that bodies may take together, so that unauthenticated clients cannot use up the memory of the
/// process.
pub(crate) struct Budget {
    left: Arc<AtomicU64>,
}

/// The share of one body. It is given back when this is dropped.
pub(crate) struct Share {
    left: Arc<AtomicU64>,
    bytes: u64,
}

/// The budget is used up.
pub(super) struct UsedUp;

impl Default for Budget {
    fn default() -> Self {
        Self { left: Arc::new(AtomicU64::new(MAX_BYTES)) }
    }
}

impl Budget {
    /// The share of a body that takes nothing yet.
    pub(crate) fn share(&self) -> Share {
        Share { left: Arc::clone(&self.left), bytes: 0 }
    }
}

impl Share {
    /// Takes as many bytes more as it takes to have so many.
    pub(super) fn grow_to(&mut self, bytes: usize) -> Result<(), UsedUp> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX).max(self.bytes);
        let more = bytes - self.bytes;
        let taken = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(more));
        taken.map_err(|_| UsedUp)?;
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.left.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn shares_are_given_until_all_is_used_up_and_come_back() {
        let budget = Budget::default();
        let (mut one, mut other) = (budget.share(), budget.share());
        assert!(one.grow_to(30 * MIB).is_ok());
        assert!(other.grow_to(3 * MIB).is_err());
        assert!(other.grow_to(2 * MIB).is_ok());
        assert!(one.grow_to(MIB).is_ok(), "it never shrinks");
        assert!(other.grow_to(2 * MIB + 1).is_err());
        drop(one);
        assert!(other.grow_to(32 * MIB).is_ok());
        drop(other);
        assert!(budget.share().grow_to(32 * MIB).is_ok());
    }
}
