//! `GET user`: who is signed in, for scripts of the site.

use std::io::Cursor;

use rocket::http::ContentType;
use rocket::{Request, Response};

use crate::challenge::Challenge;
use crate::guard::user_of;
use crate::logto::Logto;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// The user as JSON, or 401 as a problem document.
pub(super) async fn respond(logto: &Logto, request: &Request<'_>) -> Response<'static> {
    let user = match user_of(request, Visit::of(request)).await {
        Ok(user) => user,
        Err(refusal) => return refused(logto, request, refusal),
    };
    let json = serde_json::to_string(user).unwrap_or_default();
    Response::build().header(ContentType::JSON).sized_body(json.len(), Cursor::new(json)).finalize()
}

/// Nobody is sent to the sign-in from here: a script asks, not a person.
fn refused(logto: &Logto, request: &Request<'_>, refusal: Refusal) -> Response<'static> {
    Visit::of(request).guarded(Some(refusal.clone()));
    if refusal != Refusal::NotSignedIn {
        return Challenge::from(refusal).respond(request);
    }
    Notice::new(refusal.status(), "Not signed in", "Nobody is signed in.")
        .sign_in(logto.sign_in_uri(None))
        .respond(request)
}
