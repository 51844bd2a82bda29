//! The guard `&Logto`: the client itself.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::is_detached;
use crate::client::Logto;
use crate::error::Refusal;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Logto {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match request.rocket().state::<Logto>() {
            Some(logto) => Outcome::Success(logto),
            None => Outcome::Error((Refusal::NotAttached.status(), Refusal::NotAttached)),
        }
    }
}

impl Sentinel for &Logto {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `&Logto`")
    }
}
