//! What the fuzz targets call: the applications that they send requests to, and the parser of the macros.

mod api;
#[path = "../../logto-rocket-macros/src"]
mod macros {
    pub(crate) mod expand;
    pub(crate) mod fuzzed;
    pub(crate) mod parse;
    pub(crate) mod route;
}
#[path = "../../tests/src"]
mod shared {
    pub(crate) mod authorization;
    pub(crate) mod strangers;
}

use logto_rocket::fuzzing::SignedTokens;

pub use self::api::present;
// Where the sources of the macros look for each other.
pub(crate) use self::macros::{expand, parse, route};
use self::shared::strangers::Strangers;

/// Sends what a text says to the sites of this thread.
///
/// # Panics
///
/// If an answer is not as it must be.
pub fn send(target: &str, text: &str) {
    thread_local! {
        static STRANGERS: Strangers = Strangers::new();
    }
    assert!(STRANGERS.with(|strangers| strangers.send(target, text)), "{target} is no target");
}

/// Has a signed token verified.
///
/// # Panics
///
/// If it is accepted and must not be.
pub fn signed(text: &str) {
    thread_local! {
        static TOKENS: SignedTokens = SignedTokens::new();
    }
    TOKENS.with(|tokens| tokens.present(text));
}

/// Expands a text as a requirement.
///
/// # Panics
///
/// If what is written is no Rust.
pub fn requirement(text: &str) {
    macros::fuzzed::requirement(text);
}
