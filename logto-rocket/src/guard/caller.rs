//! The guard `Caller<R>`: a program that presents an access token, or a signed-in user.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::bearer::{Needed, program};
use super::{answer, answer_program};
use crate::bearer::{Bearer, Caller, TokenAudience};
use crate::error::Refusal;
use crate::request::{RequestState, presents_token, user_of};
use crate::trace::Span;
use crate::user::LogtoUser;

#[rocket::async_trait]
impl<'r, R: TokenAudience> FromRequest<'r> for Caller<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        state.set_resource(request, const { R::RESOURCE });
        let span = Span::decision(Needed("session, bearer", const { R::RESOURCE }));
        if presents_token(request) {
            let program = span.around(program(request, state)).await;
            return answer_program(state, &span, program.map(Self::Program));
        }
        // The response also depends on the absence of a token.
        state.token_guarded(None);
        let organization = || state.accepted(request)?.organization;
        let user = span.around(user_of(request, state)).await.cloned();
        answer(state, &span, user.map(|user| Self::User { user, organization: organization() }))
    }
}

impl<R: TokenAudience> Sentinel for Caller<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        // Both are checked, so that all missing parts are logged.
        Bearer::<R>::abort(rocket) | LogtoUser::abort(rocket)
    }
}
