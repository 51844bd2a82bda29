//! No discovery document leads elsewhere, and no key set panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket::fuzzing::documents(text);
});
