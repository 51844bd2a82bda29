//! [`Budget`]: how many requests a diagnosis may still make to Logto.

/// How many requests a diagnosis makes to Logto at most.
const MOST: usize = 12;

/// How many requests a diagnosis may still make to Logto.
pub(super) struct Budget(usize);

impl Budget {
    pub fn new() -> Self {
        Self(MOST)
    }

    /// Whether one more request may be made; it counts from now on.
    #[must_use = "a request that is counted is to be made"]
    pub fn take(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        left.is_some()
    }
}
