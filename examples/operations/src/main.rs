//! A site with a management port: liveness, readiness, and metrics for Prometheus.

#[macro_use]
extern crate rocket;

mod management;
mod metrics;
mod pages;
#[cfg(test)]
mod tests;

use std::error::Error;

use logto_rocket::{Logto, LogtoFairing};
use rocket::figment::Figment;
use rocket::{Build, Rocket};

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let recorded = metrics::install()?;
    let site = site(Logto::fairing().dev_provider(), rocket::Config::figment()).ignite().await?;
    let logto = site.state::<Logto>().ok_or("Logto is not attached")?.clone();
    let management = management::rocket(logto, recorded).ignite().await?;
    rocket::tokio::try_join!(site.launch(), management.launch())?;
    Ok(())
}

/// The site, whose events are recorded.
fn site(logto: LogtoFairing, figment: Figment) -> Rocket<Build> {
    rocket::custom(figment).attach(logto.on_event(metrics::record)).mount("/", pages::routes())
}
