//! The application with logto-rocket.

use logto_rocket::{LogtoFairing, LogtoUser, authenticated};
use rocket::{Build, Rocket, get, routes};

use crate::floors::stop;

/// Puts the routes that logto-rocket guards into an application, with its fairing.
pub fn mounted(rocket: Rocket<Build>, fairing: LogtoFairing) -> Rocket<Build> {
    rocket.attach(fairing).mount("/", routes![public, greeting, account, stop])
}

#[get("/public")]
fn public() -> &'static str {
    "public"
}

#[get("/greeting")]
fn greeting(user: Option<LogtoUser>) -> String {
    user.map_or_else(|| "public".to_owned(), |user| user.id().to_owned())
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser) -> String {
    user.id().to_owned()
}
