//! `GET user`: who is signed in, for scripts of the site.

use std::io::Cursor;

use rocket::http::ContentType;
use rocket::{Request, Response};

use crate::guard::LogtoUser;
use crate::logto::Logto;
use crate::notice::Notice;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// The user as JSON, or 401 as a problem document.
pub(super) fn respond(logto: &Logto, request: &Request<'_>) -> Response<'static> {
    let visit = Visit::of(request);
    let Some(presented) = visit.presented(request, logto) else {
        visit.guarded(Some(Refusal::NotSignedIn));
        return Notice::new(Refusal::NotSignedIn.status(), "Not signed in", "Nobody is signed in.")
            .sign_in(logto.sign_in_uri(None))
            .respond(request);
    };
    let user = LogtoUser::new(logto.clone(), presented.session.clone());
    let json = serde_json::to_string(&user).unwrap_or_default();
    Response::build().header(ContentType::JSON).sized_body(json.len(), Cursor::new(json)).finalize()
}
