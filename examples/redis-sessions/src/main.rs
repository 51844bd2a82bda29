//! Two instances of a site that store their sessions in one Redis: a user who signs in at one is
//! signed in at the other, and a session that ends at one has ended at the other.

#[macro_use]
extern crate rocket;

#[cfg(feature = "dev")]
mod dev;
mod sessions;

use std::error::Error;

use logto_rocket::{Config, Logto, SessionConfig, Store};
use rocket::figment::{Figment, providers::Env};
use rocket::{Build, Rocket};
use rocket_dyn_templates::Template;

/// Where Redis is if `LOGTO_SESSION__REDIS__URL` does not say otherwise.
const REDIS: &str = "redis://127.0.0.1:6379";

/// What the instances are called, and where they listen if the command line does not say otherwise.
const INSTANCES: [(&str, u16); 2] = [("one", 8000), ("two", 8001)];

/// What an instance calls itself on its pages.
pub struct Instance(pub &'static str);

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = SessionConfig::new().store(Store::Redis).redis_url(REDIS);
    #[cfg(feature = "dev")]
    let session = dev::shared_cookie(session);
    let config = Config::new().session(session);
    #[cfg(feature = "dev")]
    let (_provider, config) = dev::provider(&figment(), config).await;

    let ports: Vec<u16> =
        std::env::args().skip(1).map(|port| port.parse()).collect::<Result<_, _>>()?;
    let [one, two] = [0, 1].map(|number| {
        let (name, usual) = INSTANCES[number];
        let port = ports.get(number).copied().unwrap_or(usual);
        instance(name, port, config.clone())
    });
    rocket::tokio::try_join!(one.launch(), two.launch())?;
    Ok(())
}

fn instance(name: &'static str, port: u16, config: Config) -> Rocket<Build> {
    rocket::custom(figment().merge(("port", port)))
        .attach(Template::fairing())
        .attach(Logto::fairing().config(config))
        .manage(Instance(name))
        .mount("/", sessions::routes())
}

/// Rocket's own settings, with a quiet log and the templates found from everywhere.
fn figment() -> Figment {
    rocket::Config::figment()
        .merge(("log_level", "critical"))
        .merge(("template_dir", concat!(env!("CARGO_MANIFEST_DIR"), "/templates")))
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE"]).global())
}
