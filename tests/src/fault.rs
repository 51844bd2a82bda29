//! Answers that a test gives in the place of the provider's own.

use logto_rocket::testing::Fault;

/// An answer with a body of JSON.
pub fn json(status: u16, body: impl Into<String>) -> Fault {
    Fault::Body { status, content_type: "application/json".into(), body: body.into() }
}

/// An answer with a page.
pub fn html(status: u16, body: impl Into<String>) -> Fault {
    Fault::Body { status, content_type: "text/html".into(), body: body.into() }
}
