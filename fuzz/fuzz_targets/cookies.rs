//! No cookie that somebody made up signs anybody in, or makes a request panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rocket::http::Header;

fuzz_target!(|pieces: (String, String)| {
    let (first, second) = pieces;
    let cookies = format!("session={first}; session-1={second}");
    logto_rocket_fuzz::send(|client| client.get("/").header(Header::new("Cookie", cookies)));
});
