//! The guard `Bearer<R>`: the program that presents an access token.

use std::fmt;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::{answer_program, is_no_resource_server};
use crate::bearer::{Bearer, TokenAudience, required_audience};
use crate::error::Refusal;
use crate::request::{RequestState, token_of};
use crate::resource_server::ResourceServer;
use crate::trace::Span;

#[rocket::async_trait]
impl<'r, R: TokenAudience> FromRequest<'r> for Bearer<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        state.set_resource(request, const { R::RESOURCE });
        let span = Span::decision(Needed("bearer", const { R::RESOURCE }));
        let program = span.around(program(request, state)).await;
        answer_program(state, &span, program)
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

/// What a guard for programs needs, in the grammar of a requirement.
pub(super) struct Needed(pub &'static str, pub Option<&'static str>);

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(accepted, resource) = self;
        f.write_str(accepted)?;
        resource.map_or(Ok(()), |resource| write!(f, ", resource = {resource:?}"))
    }
}

/// The program that makes a request, with a token for `R`.
pub(super) async fn program<R: TokenAudience>(
    request: &Request<'_>,
    state: &RequestState,
) -> Result<Bearer<R>, Refusal> {
    let token = token_of(request, state).await?;
    let accepted = state.accepted(request);
    let is_accepted = accepted.is_some_and(|it| it.resource == const { R::RESOURCE });
    if !is_accepted {
        token.check_audience(required_audience::<R>()).map_err(Refusal::InvalidToken)?;
    }
    Ok(Bearer::new(token.clone()))
}
