//! [`Authenticated`]: the guard of `#[authenticated]`, and the one place where access is decided.

use std::marker::PhantomData;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::registry::{Place, Registry};
use super::{is_detached, is_no_resource_server, note};
use crate::client::Client;
use crate::error::Refusal;
use crate::events::Event;
use crate::request::{Accepted, Credentials, RequestState, presents_token, token_of, user_of};
use crate::requirement::{
    Accepts, Requirement, Tree, decide_for_program, decide_for_request, needs,
};
use crate::resource_server::ResourceServer;
use crate::trace::Span;

/// The guard that [`#[authenticated]`](crate::authenticated) adds before all other guards of a
/// handler. It succeeds only if a user is signed in and meets the requirement of `R`.
///
/// The guard fails with 401 if no user is signed in or another sign-in is needed. It fails with 403 if the
/// requirement is not met or cannot be decided, with 404 if the path names no organization, and with 503 if the
/// decision depends on Logto, which does not answer. With `bearer` it fails with 401 if there is no valid
/// access token, with 400 if the `Authorization` header is malformed, and with 403 if the token does not meet
/// the requirement. It never forwards.
pub struct Authenticated<R: Protected>(PhantomData<fn() -> R>);

/// A route with a requirement. [`#[authenticated]`](crate::authenticated) implements it for the
/// type that Rocket declares beside a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no requirement",
    note = "write `#[authenticated]` above the route attribute of the handler"
)]
pub trait Protected: Send + Sync + 'static {
    /// Which requests the route accepts.
    const REQUIREMENT: Requirement<needs::Request>;
    /// Whether a request counts as activity in its session.
    #[doc(hidden)]
    const IS_ACTIVITY: bool = true;
    /// Where that is written.
    #[doc(hidden)]
    const PLACE: Place;
}

#[rocket::async_trait]
impl<'r, R: Protected> FromRequest<'r> for Authenticated<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        state.set_background(!R::IS_ACTIVITY);
        let decided = decide(request, state, R::REQUIREMENT.tree()).await;
        match decided {
            Ok(()) => Outcome::Success(Self(PhantomData)),
            Err(refusal) => Outcome::Error((refusal.status(), refusal)),
        }
    }
}

impl<R: Protected> Sentinel for Authenticated<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        let tree = R::REQUIREMENT.tree();
        if let Some(registry) = rocket.state::<Registry>() {
            registry.note(R::PLACE, tree);
        }
        if let Some(client) = Client::of(rocket) {
            let asks = tree.asks();
            client.declare(asks.scopes, asks.resources);
        }
        let audience = tree.accepts().audience();
        let resource = audience.and_then(|audience| audience.resource);
        if let (Some(server), Some(resource)) = (ResourceServer::of(rocket), resource) {
            server.declare(resource.uri, tree.scopes());
        }
        let lacks_tokens =
            audience.is_some() && is_no_resource_server(rocket, "`#[authenticated(bearer, …)]`");
        let lacks_sessions = tree.accepts().sessions() && is_detached(rocket, "`#[authenticated]`");
        lacks_tokens | lacks_sessions
    }
}

/// Whether this request meets the requirement. Notes that a guard ran, and why it refused, if it did.
pub(super) async fn decide(
    request: &Request<'_>,
    state: &RequestState,
    tree: Tree,
) -> Result<(), Refusal> {
    let accepts = tree.accepts();
    let credentials = match accepts {
        Accepts::Session => Credentials::Session,
        Accepts::Bearer(_) => Credentials::Token,
        Accepts::Either(_) => Credentials::Either,
    };
    state.set_credentials(request, credentials);
    let audience = accepts.audience();
    let resource = audience.and_then(|audience| audience.resource).map(|resource| resource.uri);
    state.set_resource(request, resource);
    let is_program = !accepts.sessions() || audience.is_some() && presents_token(request);
    let span = Span::decision(tree);
    let decided = if is_program {
        span.around(decide_program(request, state, tree)).await
    } else {
        span.around(decide_user(request, state, tree)).await
    };
    note(&span, &decided);
    let (organization, refusal) = match decided {
        Ok(organization) => (organization, None),
        Err(refusal) => (None, Some(refusal)),
    };
    if audience.is_some() {
        state.token_guarded(refusal.clone());
    }
    if accepts.sessions() {
        state.guarded(refusal.clone());
    }
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if audience.is_some() {
        state.accept(request, Accepted { resource, organization });
    }
    Ok(())
}

/// Whether the user of this request meets the requirement; with the organization that it is about.
async fn decide_user(
    request: &Request<'_>,
    state: &RequestState,
    tree: Tree,
) -> Result<Option<String>, Refusal> {
    let user = user_of(request, state).await?;
    if tree.is_empty() {
        return Ok(None);
    }
    decide_for_request(tree, user, request).await
}

/// Whether the program that makes this request meets the requirement; with the organization that it is
/// about.
async fn decide_program(
    request: &Request<'_>,
    state: &RequestState,
    tree: Tree,
) -> Result<Option<String>, Refusal> {
    let token = token_of(request, state).await?;
    let server = ResourceServer::of(request.rocket()).ok_or(Refusal::NotAttached)?;
    let decided = decide_for_program(tree, token, request, server.issuer()).await;
    if let Err(Refusal::InsufficientScope { required, .. }) = &decided {
        let sub = token.sub().to_owned();
        server.emit(&Event::Denied { sub, requirement: required.clone() });
    }
    decided
}
