//! A site with a row of its own for each user, which is made at the sign-in.

#[macro_use]
extern crate rocket;

mod account;
mod pages;
#[cfg(test)]
mod tests;

use logto_rocket::{Config, Logto, LogtoFairing};
use rocket::fairing::AdHoc;
use rocket::fs::{FileServer, relative};
use rocket::{Build, Rocket};
use rocket_dyn_templates::Template;

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");

#[launch]
fn rocket() -> _ {
    let url = std::env::var("DATABASE_URL");
    let url = url.unwrap_or_else(|_| "sqlite:provisioning.sqlite?mode=rwc".into());
    site(Logto::fairing().dev_provider(), url)
}

/// The site, with its rows in the database at this URL.
fn site(logto: LogtoFairing, url: String) -> Rocket<Build> {
    let config = Config::new().site_name("Provisioning").scopes(["roles"]);
    rocket::custom(rocket::Config::figment().merge(("template_dir", TEMPLATES)))
        .attach(AdHoc::try_on_ignite("Database", |rocket| async move {
            let database = account::connect(&url).await;
            match database.inspect_err(|error| error!("The database cannot be opened: {error}")) {
                Ok(database) => Ok(rocket.manage(database)),
                Err(_) => Err(rocket),
            }
        }))
        .attach(Template::fairing())
        .attach(logto.config(config).on_sign_in(account::provision))
        .mount("/static", FileServer::from(relative!("static")))
        .mount("/", pages::routes())
}
