//! `POST sign-out`, `GET sign-out`: where a browser signs out.

use std::sync::Arc;

use rocket::http::{Method, Status};
use rocket::{Request, Response};

use super::query::Query;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::flows::{SignOut, SignOutBuilder};
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::oidc::SignOutHints;
use crate::request::{Initiator, Kind, Loader, RequestState, SessionWrite, header, own_path};
use crate::response::redirect::Destination;
use crate::response::{Challenge, Label, PageDraft, Topic, onward};
use crate::user::LogtoUser;

/// Signs the user out if a page of this site asks. Any other request gets a page with a button and changes
/// nothing. A library that follows a link by script is told to let the browser load the route.
pub(super) async fn respond(
    client: &Arc<Client>,
    request: &Request<'_>,
    host: HostId,
) -> Response<'static> {
    if let (Method::Get, Some(loader)) = (request.method(), Loader::of(request)) {
        let own = own_path(request, client).unwrap_or_else(|| client.sign_out(None));
        return onward::load_in_full(request, loader, &own);
    }
    client.warn_of_other_host(header(request, "Host"), host, "A sign-out");
    let query = Query::of(request);
    let return_to = query.get("return_to").and_then(|text| client.return_to(host, text));
    let hints = hints(&query);
    let loaded = match RequestState::of(request).loaded(request, client).await {
        Ok(Some(loaded)) => loaded,
        Ok(None) => {
            let after = || client.settings().after_sign_out.clone();
            let return_to = return_to.unwrap_or_else(after);
            if query.get("everywhere") == Some("1") && is_wanted(client, request) {
                return SignOut::at_logto(client, host, return_to, &hints).await.respond(request);
            }
            return onward::lead(request, &Destination::Here(return_to));
        }
        Err(error) => return forget(client, request, &error),
    };
    if !is_wanted(client, request) {
        return ask(client, request, return_to.as_ref(), &hints);
    }
    let user = LogtoUser::new(client, loaded.session.clone());
    let sign_out = SignOutBuilder::new(client, &user).hints(hints);
    let sign_out = match &return_to {
        Some(path) => sign_out.return_to(path.as_str()),
        None => sign_out,
    };
    sign_out.start().await.respond(request)
}

/// The parameters of the route's query that are sent to the issuer.
fn hints(query: &Query) -> SignOutHints {
    SignOutHints::LISTED.into_iter().fold(SignOutHints::default(), |hints, name| {
        match query.get(name) {
            Some(value) => hints.link_parameter(name, value),
            None => hints,
        }
    })
}

/// The session could not be deleted from the store, but its cookie in this browser is deleted.
fn forget(client: &Arc<Client>, request: &Request<'_>, error: &Error) -> Response<'static> {
    log::error!("A session could not be ended at sign-out: {error}");
    let refusal = Refusal::from(error);
    if !is_wanted(client, request) {
        return Challenge::from(refusal).respond(request);
    }
    RequestState::of(request).writes().session = SessionWrite::Delete;
    PageDraft::new(refusal.status(), Topic::SignedOutInThisBrowser)
        .link(Label::GoOn, client.settings().after_sign_out.clone())
        .respond(request)
}

/// Whether a page of this site asked for the sign-out.
fn is_wanted(client: &Arc<Client>, request: &Request<'_>) -> bool {
    let asked = request.method() == Method::Post || Kind::at_route(request) == Kind::Navigation;
    asked && Initiator::of(request, client).may_sign_out()
}

fn ask(
    client: &Arc<Client>,
    request: &Request<'_>,
    return_to: Option<&LocalPath>,
    hints: &SignOutHints,
) -> Response<'static> {
    let here = hints
        .parameters()
        .fold(client.sign_out(return_to), |path, (name, value)| path.with_parameter(name, &value));
    PageDraft::new(Status::Ok, Topic::SignOut)
        .post(Label::SignOut, here)
        .link(Label::StaySignedIn, client.settings().after_sign_in.clone())
        .respond(request)
}
