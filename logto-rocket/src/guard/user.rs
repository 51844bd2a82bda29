//! The guards `LogtoUser` and `&LogtoUser`: who is signed in.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::{answer, is_detached_parameter};
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::user::LogtoUser;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        answer(state, user_of(request, state).await.cloned())
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r LogtoUser {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        answer(state, user_of(request, state).await)
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
