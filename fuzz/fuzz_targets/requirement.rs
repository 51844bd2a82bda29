//! No tokens between the parentheses of `#[authenticated(…)]` make the macro panic, or write what is no Rust.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::requirement(text);
});
