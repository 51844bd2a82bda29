//! The guard [`Readiness`]: whether this process can serve its users.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use super::is_no_resource_server;
use crate::client::Client;
use crate::error::Refusal;
use crate::readiness::Readiness;
use crate::resource_server::ResourceServer;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Readiness {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let (client, server) = (Client::of(request.rocket()), ResourceServer::of(request.rocket()));
        match (client, server) {
            (Some(client), _) => Outcome::Success(client.readiness().await),
            (None, Some(server)) => Outcome::Success(server.readiness().await),
            (None, None) => Outcome::Error((Refusal::NotAttached.status(), Refusal::NotAttached)),
        }
    }
}

impl Sentinel for Readiness {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        // One on a port of its own may manage the client of another.
        Client::of(rocket).is_none() && is_no_resource_server(rocket, "the guard `Readiness`")
    }
}
