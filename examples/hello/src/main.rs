//! A small site with Logto sign-in: a page for everybody, two for signed-in users, one for admins.

#[macro_use]
extern crate rocket;

#[cfg(feature = "dev")]
mod dev;
#[cfg(all(test, feature = "dev"))]
mod tests;

use std::process::ExitCode;

use logto_rocket::{Config, Diagnosis, Error, Logto, LogtoUser, Page, RenderedPage, authenticated};
use rocket::figment::{Figment, providers::Env};
use rocket::{Build, Rocket};
use rocket_dyn_templates::{Template, context};

#[get("/")]
fn home(page: Page<'_>) -> RenderedPage {
    page.render("home", context! { title: "Home" })
}

#[authenticated]
#[get("/account")]
fn account(page: Page<'_>) -> RenderedPage {
    page.render("account", context! { title: "Account" })
}

#[get("/profile")]
async fn profile(user: LogtoUser, page: Page<'_>) -> Result<RenderedPage, Error> {
    let info = user.fetch_user_info().await?;
    Ok(page.render("profile", context! { title: "Profile", info }))
}

#[authenticated(role = "admin")]
#[get("/admin")]
fn admin(page: Page<'_>) -> RenderedPage {
    page.render("admin", context! { title: "Admin" })
}

/// Launches the site, or says with `--diagnose` what is wrong with its set-up.
#[rocket::main]
async fn main() -> Result<ExitCode, Box<rocket::Error>> {
    let rocket = rocket().await.ignite().await?;
    if !std::env::args().any(|argument| argument == "--diagnose") {
        rocket.launch().await?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(diagnosis) = Diagnosis::of(&rocket).await else { return Ok(ExitCode::FAILURE) };
    println!("{diagnosis}");
    Ok(if diagnosis.is_wrong() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn rocket() -> Rocket<Build> {
    let (rocket, config) = (rocket::custom(figment()), Config::new().scopes(["roles"]));
    #[cfg(feature = "dev")]
    let (rocket, config) = dev::provider(rocket, config).await;
    rocket
        .attach(Template::fairing())
        .attach(Logto::fairing().config(config))
        .mount("/", routes![home, account, profile, admin])
}

/// Rocket's own settings, with a quiet log and the templates found from everywhere.
fn figment() -> Figment {
    rocket::Config::figment()
        .merge(("log_level", "critical"))
        .merge(("template_dir", concat!(env!("CARGO_MANIFEST_DIR"), "/templates")))
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE"]).global())
}
