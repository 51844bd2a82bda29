//! [`sign_in_loop`]: the page in place of one more sign-in, if those before led to no session.

use rocket::http::Status;
use rocket::{Request, Response};

use super::page::PageDraft;
use super::page::texts::{Label, Topic};
use crate::client::Client;
use crate::local_path::LocalPath;
use crate::request::host_of;

/// The number of sign-ins in a row without a session after which no browser is led to another one.
const MAX_ATTEMPTS: u32 = 2;

/// The parameter of a link to the sign-in that is followed although those before led to no session.
const AGAIN: &str = "again";

/// The page that tells a browser that the last sign-ins led to no session that its requests carry: each would
/// end at the page that begins the next one, without a question while the user is signed in at Logto. `None`
/// if there was no such row, or the request comes from this page.
pub(crate) fn sign_in_loop(
    client: &Client,
    request: &Request<'_>,
    sign_in: &LocalPath,
) -> Option<Response<'static>> {
    let is_asked_for = request.query_value::<&str>(AGAIN) == Some(Ok("1"));
    if is_asked_for || attempts(client, request) < MAX_ATTEMPTS {
        return None;
    }
    let page = PageDraft::new(Status::Unauthorized, Topic::SignInLoop)
        .link(Label::TryAgain, sign_in.with_parameter(AGAIN, "1"))
        .post(Label::SignOutAtLogto, client.sign_out_everywhere());
    Some(page.respond(request))
}

/// How many sign-ins in a row have led this browser to no session that a request carried.
pub(super) fn attempts(client: &Client, request: &Request<'_>) -> u32 {
    let cookies = client.sessions().cookies(host_of(request, client));
    cookies.attempts(&cookies.flows(request))
}
