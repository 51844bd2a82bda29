//! [`Error`] as the error of a handler.

use rocket::http::Status;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use super::challenge::try_again;
use super::page::PageDraft;
use super::page::texts::Topic;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::request::RequestState;

/// As the error of a handler:
///
/// - 401 if the session has ended, or if its sign-in did not ask Logto for the needed scope or resource;
/// - 403 if Logto denies the user a token, or says that the application is not a member of the organization;
/// - 503 if Logto or the store does not answer, or gives an unusable answer;
/// - 502 if Logto refused the request of the handler, and would refuse it again;
/// - 500 for an error in the application.
///
/// There is also an [`Event::HandlerFailed`] for 502, for 503, and for a 403 that concerns the application
/// itself.
impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let refusal = Refusal::to(&self, request);
        match &refusal {
            Refusal::Unavailable { .. } => return Ok(failed(request, self, refusal)),
            Refusal::Misconfigured(_) => log::error!("{self}"),
            _ => {}
        }
        refusal.respond_to(request)
    }
}

/// The response to a request for which Logto or the store did not do what a handler asked.
fn failed(request: &Request<'_>, error: Error, refusal: Refusal) -> Response<'static> {
    let status = status(&error);
    let page = PageDraft::new(status, Topic::of(error.code()));
    let page = page.cause(request, error.to_string());
    // The refusal brings `Retry-After`, which is for what another attempt may change.
    let later = Some(refusal).filter(|refusal| refusal.status() == status);
    let may_change = later.is_some();
    RequestState::of(request).guarded(later);
    let Some(client) = Client::of(request.rocket()) else { return page.respond(request) };
    client.emit(&Event::HandlerFailed { error });
    let page = if may_change { try_again(client, request, page) } else { page };
    page.respond(request)
}

fn status(error: &Error) -> Status {
    match error {
        Error::Refused { code, .. } => match code.as_str() {
            "access_denied" => Status::Forbidden,
            "temporarily_unavailable" => Status::ServiceUnavailable,
            _ => Status::BadGateway,
        },
        _ => Status::ServiceUnavailable,
    }
}
