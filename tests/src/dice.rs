//! [`Dice`]: chance that is the same in each run.

use std::time::Duration;

/// A source of numbers that begins the same for the same seed.
pub struct Dice(u64);

impl Dice {
    /// The dice of this number.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below this one.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// A time of this length on the average.
    pub fn pause(&mut self, average: Duration) -> Duration {
        let longest = u64::try_from(2 * average.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.roll(longest))
    }
}
