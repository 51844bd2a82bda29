//! A page of TypeScript, and the routes that it calls. The browser has a session and never a token.

#[macro_use]
extern crate rocket;

mod api;
#[cfg(test)]
mod tests;

use logto_rocket::{Logto, LogtoFairing};
use rocket::fairing::AdHoc;
use rocket::fs::{FileServer, relative};
use rocket::http::Header;
use rocket::{Build, Rocket};

use crate::api::Orders;

/// What the page may load: its own files, and what its script asks this site.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'";

#[launch]
fn rocket() -> _ {
    site(Logto::fairing().dev_provider())
}

fn site(logto: LogtoFairing) -> Rocket<Build> {
    rocket::build()
        .attach(logto)
        .attach(AdHoc::on_response("Content-Security-Policy", |_, response| {
            Box::pin(async move {
                // The pages of logto-rocket have a policy of their own.
                if !response.headers().contains("Content-Security-Policy") {
                    response.set_header(Header::new("Content-Security-Policy", POLICY));
                }
            })
        }))
        .manage(Orders::default())
        .mount("/", FileServer::from(relative!("static")))
        .mount("/api", api::routes())
}
