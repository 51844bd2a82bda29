//! No `Authorization` header that somebody made up lets anybody in, panics, or is an error of the server.
//! Begin with `tests/data/authorization`, which a test replays.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::present(text);
});
