//! No logout token that somebody made up ends a session, or makes the route panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::send("logout_token", text);
});
