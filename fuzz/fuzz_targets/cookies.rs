//! No cookie that somebody made up signs anybody in, or makes a request panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::send("cookies", text);
});
