//! The catchers that answer refusals.

use rocket::catcher::Handler;
use rocket::http::Status;
use rocket::{Catcher, Request, Response};

use super::challenge::Challenge;

/// The name of this crate's catchers in the launch log.
pub(crate) const CATCHER: &str = "logto";

/// The statuses that a refusal has.
const REFUSED: [Status; 6] = [
    Status::BadRequest,
    Status::Unauthorized,
    Status::Forbidden,
    Status::NotFound,
    Status::InternalServerError,
    Status::ServiceUnavailable,
];

/// The catchers that answer refusals, by the path at which they are registered. One path is `/`. If all
/// routes of the application are below a path, another is each path above them at which the application has a
/// default catcher, which would otherwise run first. A status that the application itself catches at the same
/// path is left out. Other errors are passed to the application's default catcher there, or to Rocket's.
pub(crate) fn catchers<'a>(
    registered: impl Iterator<Item = &'a Catcher>,
    is_above_routes: impl Fn(&str) -> bool,
) -> Vec<(String, Vec<Catcher>)> {
    let registered: Vec<_> = registered.collect();
    let defaults = registered.iter().filter(|catcher| catcher.code.is_none());
    let bases = defaults.map(|catcher| catcher.base.path().as_str());
    let mut bases: Vec<_> = bases.filter(|base| is_above_routes(base)).chain(["/"]).collect();
    bases.sort_unstable();
    bases.dedup();
    let here = |base: &str| (base.to_owned(), catchers_at(base, &registered));
    bases.into_iter().map(here).collect()
}

fn catchers_at(base: &str, registered: &[&Catcher]) -> Vec<Catcher> {
    let here = || registered.iter().filter(|catcher| catcher.base.path() == base);
    let default = here().find(|catcher| catcher.code.is_none());
    REFUSED
        .iter()
        .filter(|status| !here().any(|catcher| catcher.code == Some(status.code)))
        .map(|status| {
            let fallback = default.map(|catcher| Catcher::clone(catcher)).unwrap_or_default();
            let mut catcher = Catcher::new(status.code, Challenger { fallback });
            catcher.name = Some(CATCHER.into());
            catcher
        })
        .collect()
}

#[derive(Clone)]
struct Challenger {
    fallback: Catcher,
}

#[rocket::async_trait]
impl Handler for Challenger {
    async fn handle<'r>(
        &self,
        status: Status,
        request: &'r Request<'_>,
    ) -> Result<Response<'r>, Status> {
        match Challenge::of(request).filter(|challenge| challenge.0.status() == status) {
            Some(challenge) => Ok(challenge.respond(request)),
            None => self.fallback.handler.handle(status, request).await,
        }
    }
}
