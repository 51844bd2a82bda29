//! No signed body, whatever is in it, makes the route for webhooks panic or fail, and none that is not signed
//! is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_rocket_fuzz::{SIGNING_KEY, send};
use rocket::http::{Header, Status};

fuzz_target!(|parts: (&[u8], bool)| {
    let (body, is_signed) = parts;
    let signature =
        if is_signed { logto_rocket_fuzz::signature(SIGNING_KEY, body) } else { "0".repeat(64) };
    let status = send(|client| {
        let request = client.post("/auth/webhook").body(body);
        let length = Header::new("Content-Length", body.len().to_string());
        request.header(length).header(Header::new("logto-signature-sha-256", signature))
    });
    if is_signed {
        assert!([Status::NoContent, Status::BadRequest].contains(&status), "{status}");
    } else {
        assert_eq!(status, Status::Unauthorized);
    }
});
