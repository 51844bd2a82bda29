//! `GET user`: the signed-in user, for scripts of the site.

use std::io::Cursor;

use rocket::http::ContentType;
use rocket::{Request, Response};

use crate::client::Client;
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::response::{Challenge, Label, PageDraft, Topic};

/// The user as JSON, or 401 as a problem document.
pub(super) async fn respond(client: &Client, request: &Request<'_>) -> Response<'static> {
    let user = match user_of(request, RequestState::of(request)).await {
        Ok(user) => user,
        Err(refusal) => return refused(client, request, refusal),
    };
    let json = serde_json::to_string(user).unwrap_or_default();
    Response::build().header(ContentType::JSON).sized_body(json.len(), Cursor::new(json)).finalize()
}

/// This route never redirects to the sign-in, because its callers are scripts.
fn refused(client: &Client, request: &Request<'_>, refusal: Refusal) -> Response<'static> {
    RequestState::of(request).guarded(Some(refusal.clone()));
    if refusal != Refusal::NotSignedIn {
        return Challenge::from(refusal).respond(request);
    }
    PageDraft::new(refusal.status(), Topic::NotSignedIn)
        .link(Label::SignIn, client.sign_in(None))
        .sign_in(client.sign_in(None))
        .respond(request)
}
