//! No cookie that somebody made up signs anybody in, or makes a request panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|pieces: (String, String)| {
    // The local client parses no `Cookie` header.
    let (first, second) = pieces;
    logto_rocket_fuzz::send(|client| {
        client.get("/").cookie(("session", first)).cookie(("session-1", second))
    });
});
