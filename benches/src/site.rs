//! The application with logto-rocket.

use std::hint::black_box;
use std::time::Instant;

use logto_rocket::{
    Bearer, Error, LogtoFairing, LogtoUser, ResourceServerFairing, authenticated, resource,
};
use rocket::{Build, Either, Rocket, get, routes};

use crate::floors::stop;

resource! {
    /// An API resource that the test provider knows.
    pub Orders = "https://api.example.com/orders"
}

/// Puts the routes that logto-rocket guards into an application, with its fairing.
pub fn mounted(rocket: Rocket<Build>, fairing: LogtoFairing) -> Rocket<Build> {
    rocket.attach(fairing).mount("/", routes![public, greeting, account, orders, tokens, stop])
}

/// Puts the route for programs into an application, which has no sign-in.
pub fn api(rocket: Rocket<Build>, fairing: ResourceServerFairing) -> Rocket<Build> {
    rocket.attach(fairing).mount("/", routes![orders, stop])
}

#[get("/public")]
fn public() -> &'static str {
    "public"
}

#[get("/greeting")]
fn greeting(user: Option<LogtoUser>) -> Either<String, &'static str> {
    user.map_or(Either::Right("public"), |user| Either::Left(user.id().to_owned()))
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser) -> String {
    user.id().to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().to_owned()
}

/// The nanoseconds that so many access tokens from memory take.
#[get("/tokens/<count>")]
async fn tokens(user: &LogtoUser, count: u64) -> Result<String, Error> {
    user.access_token(Orders).await?;
    let begun = Instant::now();
    for _ in 0..count {
        black_box(user.access_token(Orders).await?);
    }
    Ok(begun.elapsed().as_nanos().to_string())
}
