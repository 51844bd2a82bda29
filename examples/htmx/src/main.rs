//! A site whose links and forms htmx loads: a session that ends in the middle of a form loses nothing.

#[macro_use]
extern crate rocket;

mod notes;
mod pages;
#[cfg(test)]
mod tests;

use logto_rocket::{Logto, LogtoFairing};
use rocket::fairing::AdHoc;
use rocket::fs::{FileServer, relative};
use rocket::http::Header;
use rocket::response::content::RawHtml;
use rocket::{Build, Rocket};
use rocket_dyn_templates::Template;

use crate::notes::Notes;

/// What a page may load: all of it comes from this site. htmx needs neither `unsafe-eval` nor
/// `unsafe-inline`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; frame-ancestors 'none'";

#[launch]
fn rocket() -> _ {
    site(Logto::fairing().dev_provider())
}

fn site(logto: LogtoFairing) -> Rocket<Build> {
    let logto =
        logto.pages(|request, page| Template::show(request.rocket(), "refused", page).map(RawHtml));
    rocket::custom(pages::figment())
        .attach(Template::fairing())
        .attach(logto)
        .attach(AdHoc::on_response("Content-Security-Policy", |_, response| {
            Box::pin(async move {
                // The pages of logto-rocket have a policy of their own.
                if !response.headers().contains("Content-Security-Policy") {
                    response.set_header(Header::new("Content-Security-Policy", POLICY));
                }
            })
        }))
        .manage(Notes::default())
        .mount("/", pages::routes())
        .mount("/static", FileServer::from(relative!("static")))
}
