//! [`sign_in_loop`]: the page in place of one more sign-in, if those before led to no session.

use rocket::http::Status;
use rocket::{Request, Response};

use super::page::PageDraft;
use super::page::texts::{Label, Topic};
use crate::client::Client;
use crate::local_path::LocalPath;
use crate::request::host_of;

/// After this number of sign-ins in a row without a session, a browser is not redirected to another sign-in.
const MAX_ATTEMPTS: u32 = 2;

/// The parameter of the link with which the user starts one more sign-in after a loop.
const AGAIN: &str = "again";

/// The page in place of one more sign-in, if no request of the browser had a session after each of its last
/// sign-ins. While the user is signed in at Logto, each sign-in would otherwise start the next one without a
/// question. The result is `None` if there was no such loop, or if the user follows the link on this page.
pub(crate) fn sign_in_loop(
    client: &Client,
    request: &Request<'_>,
    sign_in: &LocalPath,
) -> Option<Response<'static>> {
    let is_asked_for = request.query_value::<&str>(AGAIN) == Some(Ok("1"));
    if is_asked_for || !is_in_a_loop(client, request) {
        return None;
    }
    let page = PageDraft::new(Status::Unauthorized, Topic::SignInLoop)
        .link(Label::TryAgain, in_spite_of_a_loop(sign_in))
        .post(Label::SignOutAtLogto, client.sign_out_everywhere());
    Some(page.respond(request))
}

/// Whether this browser is in a loop: after each of its last sign-ins, no request had a session.
pub(crate) fn is_in_a_loop(client: &Client, request: &Request<'_>) -> bool {
    attempts(client, request) >= MAX_ATTEMPTS
}

/// The address of this sign-in if the user wants it in spite of a loop.
pub(crate) fn in_spite_of_a_loop(sign_in: &LocalPath) -> LocalPath {
    sign_in.with_parameter(AGAIN, "1")
}

/// The number of this browser's last sign-ins in a row after which no request had a session.
pub(super) fn attempts(client: &Client, request: &Request<'_>) -> u32 {
    let cookies = client.sessions().cookies(host_of(request, client));
    cookies.attempts(&cookies.flows(request))
}
