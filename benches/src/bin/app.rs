//! One of the applications as a server, configured by the environment: `app floors`, `app uncached`,
//! `app site` or `app api`.

use logto_rocket::Logto;
use logto_rocket_benches::{floors, site};
use rocket::error::ErrorKind;

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rocket = match std::env::args().nth(1).as_deref() {
        Some("floors") => floors::mounted(rocket::build()),
        Some("uncached") => floors::mounted_uncached(rocket::build()),
        Some("site") => site::mounted(rocket::build(), Logto::fairing()),
        Some("api") => site::api(rocket::build(), Logto::resource_server()),
        _ => return Err("say which application: `floors`, `uncached`, `site` or `api`".into()),
    };
    match rocket.launch().await {
        // The browser's connection was still open.
        Err(error) if matches!(error.kind(), ErrorKind::Shutdown(..)) => Ok(()),
        ended => Ok(ended.map(drop)?),
    }
}
