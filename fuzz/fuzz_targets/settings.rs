//! No value of a key panics, and no message shows a secret.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket::fuzzing::settings(text);
});
