//! Functions for the fuzz targets of the repository, for code that no public function reaches. Each function
//! takes an arbitrary text, and asserts what must hold for it.
//!
//! This is not part of the public API. The feature `_fuzzing` is for this repository alone, and these
//! functions may change or disappear at any time. Unit tests call the same functions with the inputs that
//! fuzzing has found.

mod sealed;
#[cfg(test)]
mod tests;

pub use self::sealed::sealed_session;
pub use crate::config::fuzzed::settings;
pub use crate::oidc::fuzzed::{SignedTokens, documents};
