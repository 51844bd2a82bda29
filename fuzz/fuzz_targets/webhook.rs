//! No signed body, whatever is in it, makes the route for webhooks panic or fail, and none that is not signed is
//! read.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    logto_rocket_fuzz::send("webhook", text);
});
