//! [`Authenticated`]: the guard of `#[authenticated]`, and the one place where access is decided.

use std::marker::PhantomData;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::registry::{Place, Registry};
use super::{answer, is_detached};
use crate::client::Client;
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::requirement::{Requirement, Tree, decide_for_request, needs};
use crate::user::LogtoUser;

/// The guard that [`#[authenticated]`](crate::authenticated) adds before all other guards of a
/// handler. It succeeds only if a user is signed in and meets the requirement of `R`.
///
/// It fails with 401 if no user is signed in or another sign-in is needed, 403 if the requirement
/// is not met or cannot be decided, 404 if the path names no organization, and 503 if the decision
/// depends on Logto, which is unreachable. It never forwards.
pub struct Authenticated<R: Protected>(PhantomData<fn() -> R>);

/// A route with a requirement. [`#[authenticated]`](crate::authenticated) implements it for the
/// type that Rocket declares beside a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no requirement",
    note = "write `#[authenticated]` above the route attribute of the handler"
)]
pub trait Protected: Send + Sync + 'static {
    /// Who may come in.
    const REQUIREMENT: Requirement<needs::Request>;
    /// Where that is written.
    #[doc(hidden)]
    const PLACE: Place;
}

#[rocket::async_trait]
impl<'r, R: Protected> FromRequest<'r> for Authenticated<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        let decided = decide(request, state, R::REQUIREMENT.tree()).await;
        answer(state, decided.map(|()| Self(PhantomData)))
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
        is_detached(rocket, "`#[authenticated]`")
    }
}

/// Whether the user of this request meets the requirement.
pub(super) async fn decide(
    request: &Request<'_>,
    state: &RequestState,
    tree: Tree,
) -> Result<(), Refusal> {
    let user = user_of(request, state).await?;
    if tree.is_empty() {
        return Ok(());
    }
    match decide_for_request(tree, user, request).await {
        // The last sign-in was made for this requirement and did not satisfy it, so another one
        // would not either.
        Err(Refusal::SignInTooOld { max_age }) if comes_from_a_fresh_sign_in(request, user) => {
            Err(Refusal::SignInStaysOld { max_age })
        }
        decided => decided,
    }
}

fn comes_from_a_fresh_sign_in(request: &Request<'_>, user: &LogtoUser) -> bool {
    user.client().sessions().cookies().flows(request).has_fresh()
}
