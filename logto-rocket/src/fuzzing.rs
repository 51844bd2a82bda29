//! What the fuzz targets of the repository call that no public function reaches: each takes a text that
//! somebody made up, and asserts what must hold of it.
//!
//! This is not part of the public API. The feature `_fuzzing` is for this repository alone, and what is here
//! may change or go at any time. Unit tests replay through the same functions what fuzzing has found.

mod sealed;
#[cfg(test)]
mod tests;

pub use self::sealed::sealed_session;
pub use crate::config::fuzzed::settings;
pub use crate::oidc::fuzzed::{SignedTokens, documents};
