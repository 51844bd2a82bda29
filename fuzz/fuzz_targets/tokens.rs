//! No token that Logto has signed is accepted if it lacks what it must say.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::signed(text);
});
