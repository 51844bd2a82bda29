//! No logout token that somebody made up ends a session, or makes the door panic.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use rocket::http::{ContentType, Status};

fuzz_target!(|parts: (&str, &str, &[u8], bool)| {
    let (header, payload, signature, whole) = parts;
    let body = if whole {
        let parts = [header.as_bytes(), payload.as_bytes(), signature];
        let [header, payload, signature] = parts.map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("logout_token={header}.{payload}.{signature}")
    } else {
        payload.to_owned()
    };
    let status = logto_rocket_fuzz::send(|client| {
        client.post("/auth/backchannel-logout").header(ContentType::Form).body(body)
    });
    // The keys that could tell a good signature are out of reach.
    assert!([Status::BadRequest, Status::ServiceUnavailable].contains(&status), "{status}");
});
