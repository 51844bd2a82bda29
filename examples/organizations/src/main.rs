//! A site with tenants: organizations, roles and permissions in them, and invitations.

#[macro_use]
extern crate rocket;

mod dev;
mod invitations;
mod pages;
#[cfg(test)]
mod tests;

use logto_rocket::{Config, Logto, LogtoFairing, SessionConfig};
use rocket::fs::{FileServer, relative};
use rocket::response::content::RawHtml;
use rocket::{Build, Rocket};
use rocket_dyn_templates::Template;

/// What a session keeps of a user. `organization_data` has the names of the organizations.
const CLAIMS: [&str; 6] =
    ["name", "email", "email_verified", "organizations", "organization_roles", "organization_data"];

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");

#[launch]
async fn rocket() -> _ {
    match dev::provider().await {
        Some(idp) => site(Logto::fairing().provider(&idp), dev::machine(&idp)).manage(idp),
        None => site(Logto::fairing(), invitations::machine()),
    }
}

/// The site, with the endpoint of Logto and the machine-to-machine application for invitations.
fn site(logto: LogtoFairing, machine: [String; 3]) -> Rocket<Build> {
    // Logto gives the names of organizations in user info only.
    let session = SessionConfig::new().user_info(true).claims(CLAIMS);
    let config = Config::new().site_name("Organizations").scopes(["email"]).session(session);
    let logto = logto
        .config(config)
        .pages(|request, page| Template::show(request.rocket(), "built_in", page).map(RawHtml));
    rocket::custom(rocket::Config::figment().merge(("template_dir", TEMPLATES)))
        .attach(Template::fairing())
        .attach(logto)
        .attach(invitations::fairing(machine))
        .mount("/static", FileServer::from(relative!("static")))
        .mount("/", pages::routes())
}
