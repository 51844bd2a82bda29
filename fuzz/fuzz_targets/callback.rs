//! No query that somebody made up completes a sign-in, panics, or redirects to another site.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rocket::http::Accept;

fuzz_target!(|input: (u8, &str)| {
    let (door, query) = input;
    let doors = ["sign-in-callback", "sign-out", "sign-out-callback"];
    let door = doors[usize::from(door) % doors.len()];
    let url = format!("/auth/{door}?{query}");
    if rocket::http::uri::Origin::parse(&url).is_ok() {
        logto_rocket_fuzz::send(|client| client.get(url).header(Accept::HTML));
    }
});
