//! [`user_of`]: the user of a request.

use rocket::Request;

use super::bearer::presents_token;
use super::current_user::CurrentUser;
use super::on_route::Credentials;
use super::origin::Initiator;
use super::state::RequestState;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::resource_server::ResourceServer;
use crate::user::LogtoUser;

/// The user of a request, loaded once, with the newest claims from Logto.
pub(crate) async fn user_of<'r>(
    request: &'r Request<'_>,
    state: &'r RequestState,
) -> Result<&'r LogtoUser, Refusal> {
    if let Some(refusal) = refusal_of_sessions(request, state) {
        return Err(refusal);
    }
    let known = if let Some(known) = state.user.get() {
        known
    } else {
        let found = find(request, state).await;
        state.user.get_or_init(|| found)
    };
    known.newest().as_ref().map_err(Clone::clone)
}

async fn find(request: &Request<'_>, state: &RequestState) -> CurrentUser {
    let Some(client) = Client::of(request.rocket()) else {
        if let Some(server) = ResourceServer::of(request.rocket()) {
            server.tell_of_missing_sessions();
        }
        return CurrentUser::nobody(Refusal::NotAttached);
    };
    let loaded = match state.loaded(request, client).await {
        Ok(Some(loaded)) => loaded,
        Ok(None) => return CurrentUser::nobody(Refusal::NotSignedIn),
        Err(error) => return CurrentUser::nobody(unavailable(client, error)),
    };
    if !Initiator::may_act(request, client) {
        client.warnings().once("request", "foreign", || {
            format!("A request was refused: {}.", Initiator::why_foreign(request, client))
        });
        return CurrentUser::nobody(Refusal::ForeignOrigin);
    }
    match client.sessions().confirmed(loaded).await {
        Ok(session) => CurrentUser::new(LogtoUser::new(client, session), loaded.version),
        Err(Error::SessionOver) => CurrentUser::nobody(Refusal::NotSignedIn),
        Err(error) => CurrentUser::nobody(unavailable(client, error)),
    }
}

/// The refusal if the route does not accept a session for this request. An API that takes access tokens must
/// not take cookies, because other sites can make a browser send them. If a route accepts both, a program
/// does not count as a signed-in user, whatever cookies it sends.
fn refusal_of_sessions(request: &Request<'_>, state: &RequestState) -> Option<Refusal> {
    match state.credentials(request)? {
        Credentials::Token => {
            let why = "a guard for the signed-in user ran on a route that requires an access \
                       token (`bearer`); use `Bearer<R>` instead, or require `session, bearer`";
            log::error!("{}: {why}", request.uri().path());
            Some(Refusal::Misconfigured(why.into()))
        }
        Credentials::Either if presents_token(request) => Some(Refusal::NotSignedIn),
        Credentials::Session | Credentials::Either => None,
    }
}

/// The refusal if the signed-in user cannot be determined now.
pub(super) fn unavailable(client: &Client, error: Error) -> Refusal {
    let retry_after = match &error {
        Error::Unavailable { retry_after, .. } => *retry_after,
        _ => None,
    };
    let why = error.to_string();
    client.emit(&Event::Undecided { error });
    Refusal::Unavailable { why, retry_after }
}
