//! The pages of a sign-in that failed.

use std::sync::Arc;

use rocket::http::Status;
use rocket::{Request, Response};

use crate::client::Client;
use crate::error::{Refusal, SignInError};
use crate::events::Event;
use crate::request::{RequestState, header, host_of};
use crate::response::{Label, PageDraft, Topic};
use crate::routes::query::Query;
use crate::session::Flow;

/// Shows that the code could not be sent. The sign-in goes on: the same callback may be opened again.
pub(super) fn try_again(
    client: &Arc<Client>,
    request: &Request<'_>,
    flow: &Flow,
    error: &SignInError,
) -> Response<'static> {
    let sign_in = client.sign_in(flow.return_to.as_ref());
    failed(client, request, error)
        .link(Label::TryAgain, sign_in.clone())
        .sign_in(sign_in)
        .respond(request)
}

/// Shows why there is no session. If the sign-in is known, it is marked as finished.
pub(super) fn fail(
    client: &Arc<Client>,
    request: &Request<'_>,
    flow: Option<&Flow>,
    error: &SignInError,
) -> Response<'static> {
    let cookies = client.sessions().cookies(host_of(request, client));
    let return_to = match flow {
        Some(flow) => flow.return_to.clone(),
        None => cookies.page_of_flow(request, Query::of(request).get("state")),
    };
    if let Some(flow) = flow {
        let finished = cookies.flow_write(&flow.failed());
        RequestState::of(request).writes().cookies.extend(finished);
    }
    let page = failed(client, request, error);
    let page = match error {
        SignInError::Refused { display_name, text } => page.refused(display_name, text.as_deref()),
        _ => page,
    };
    let sign_in = client.sign_in(return_to.as_ref());
    match error {
        // Single sign-on would lead back here with the same account.
        SignInError::Refused { .. } | SignInError::AccessDenied | SignInError::TooLarge => page
            .link(Label::UseAnotherAccount, client.sign_in_as_another(return_to.as_ref()))
            .link(Label::SignOutAtLogto, client.sign_out_everywhere()),
        _ => page.link(Label::SignIn, sign_in.clone()),
    }
    .sign_in(sign_in)
    .respond(request)
}

/// The page of a sign-in that failed, and the event.
fn failed(client: &Arc<Client>, request: &Request<'_>, error: &SignInError) -> PageDraft {
    client.emit(&Event::SignInFailed { error: error.clone() });
    if error.status() == Status::ServiceUnavailable {
        let refusal = match error {
            SignInError::Exchange(error) => Refusal::from(error),
            _ => Refusal::Unavailable { why: error.to_string(), retry_after: None },
        };
        RequestState::of(request).guarded(Some(refusal));
    }
    let cause = match (error, client.other_host(header(request, "Host"), host_of(request, client)))
    {
        (SignInError::Unknown, Some(other_host)) => format!("{error}; {other_host}"),
        _ => error.to_string(),
    };
    let page = PageDraft::new(error.status(), Topic::of(error.code()));
    page.cause(request, cause).secret_address()
}
