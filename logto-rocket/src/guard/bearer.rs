//! The guard `Bearer<R>`: the program that presents an access token.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::{answer_program, is_no_resource_server};
use crate::bearer::{Bearer, TokenAudience, recipient};
use crate::error::Refusal;
use crate::request::{RequestState, token_of};
use crate::resource_server::ResourceServer;

#[rocket::async_trait]
impl<'r, R: TokenAudience> FromRequest<'r> for Bearer<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        state.set_resource(const { R::RESOURCE });
        answer_program(state, program(request, state).await)
    }
}

impl<R: TokenAudience> Sentinel for Bearer<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        if let (Some(server), Some(resource)) = (ResourceServer::of(rocket), const { R::RESOURCE })
        {
            server.declare(resource, []);
        }
        is_no_resource_server(rocket, "the guard `Bearer`")
    }
}

/// The program that makes a request, with a token for `R`.
pub(super) async fn program<R: TokenAudience>(
    request: &Request<'_>,
    state: &RequestState,
) -> Result<Bearer<R>, Refusal> {
    let token = token_of(request, state).await?;
    let is_accepted = state.accepted().is_some_and(|it| it.resource == const { R::RESOURCE });
    if !is_accepted {
        token.check_recipient(recipient::<R>()).map_err(Refusal::InvalidToken)?;
    }
    Ok(Bearer::new(token.clone()))
}
