//! The guards `LogtoUser` and `&LogtoUser`: who is signed in.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::{SIGNED_IN, answer, is_detached_parameter};
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::trace::Span;
use crate::user::LogtoUser;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        let span = Span::decision(SIGNED_IN);
        let user = span.around(user_of(request, state)).await;
        answer(state, &span, user.cloned())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        let span = Span::decision(SIGNED_IN);
        let user = span.around(user_of(request, state)).await;
        answer(state, &span, user)
    }
}

impl Sentinel for LogtoUser {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached_parameter(rocket, "LogtoUser", None)
    }
}

impl Sentinel for &LogtoUser {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        LogtoUser::abort(rocket)
    }
}
