//! A site that keeps its sessions in the SQL database that it has anyway.

#[macro_use]
extern crate rocket;

mod database;
mod pages;
mod store;
#[cfg(test)]
mod tests;

use logto_rocket::{Logto, LogtoFairing};
use rocket::{Build, Rocket};
use rocket_dyn_templates::Template;

use crate::database::Database;
use crate::store::SqlStore;

#[launch]
fn rocket() -> _ {
    site(Logto::fairing().dev_provider(), database::url())
}

/// The site, with its sessions in the database at this URL.
fn site(logto: LogtoFairing, url: String) -> Rocket<Build> {
    rocket::custom(pages::figment())
        .attach(database::fairing(url))
        .attach(Template::fairing())
        .attach(logto.store_with(|rocket| {
            Box::pin(async move {
                let database = rocket.state::<Database>().ok_or("the database is not attached")?;
                Ok(SqlStore::new(database.pool()))
            })
        }))
        .mount("/", pages::routes())
}
