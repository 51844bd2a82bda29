//! The guard `&Logto`: the client itself.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::is_detached;
use crate::client::Logto;
use crate::error::Refusal;
use crate::request::host_of;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Logto {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match request.rocket().state::<Logto>() {
            Some(logto) => {
                let host = host_of(request, logto.client());
                let of_first = host == logto.host();
                Outcome::Success(if of_first {
                    logto
                } else {
                    request.local_cache(|| logto.at(host))
                })
            }
            None => Outcome::Error((Refusal::NotAttached.status(), Refusal::NotAttached)),
        }
    }
}

impl Sentinel for &Logto {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `&Logto`")
    }
}
