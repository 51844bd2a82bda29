//! The example as its users start it: each test starts its binary.

#[cfg(feature = "dev")]
mod browser;
#[cfg(feature = "dev")]
mod console;
mod diagnose;
mod launch;
