//! No call of a route of ours completes a sign-in, panics, or redirects to another site.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::send("callback", text);
});
