//! What was sealed reads as a session that is written as the same, or as none.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket::fuzzing::sealed_session(text);
});
