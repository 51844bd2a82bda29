//! Whatever is accepted as a path of this site leads nowhere else.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::send("local_path", text);
});
