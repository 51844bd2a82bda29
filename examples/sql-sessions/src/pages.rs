//! The pages: who is signed in, and the end of all sessions of a user.

use logto_rocket::{Error, Logto, LogtoUser, Page, RenderedPage, authenticated};
use rocket::Route;
use rocket::figment::{Figment, providers::Env};
use rocket::response::Redirect;
use rocket_dyn_templates::context;

pub fn routes() -> Vec<Route> {
    routes![home, end_all]
}

#[get("/")]
async fn home(
    logto: &Logto,
    user: Option<LogtoUser>,
    page: Page<'_>,
) -> Result<RenderedPage, Error> {
    let sessions = match &user {
        Some(user) => logto.sessions().of(user.id()).await?.len(),
        None => 0,
    };
    Ok(page.render("home", context! { sessions }))
}

/// Signs the user out everywhere.
#[authenticated]
#[post("/sessions/end")]
async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<Redirect, Error> {
    logto.sessions().end_all_of(user.id()).await?;
    Ok(Redirect::to("/"))
}

/// Rocket's own settings, with the templates found from everywhere.
pub fn figment() -> Figment {
    rocket::Config::figment()
        .merge(("template_dir", concat!(env!("CARGO_MANIFEST_DIR"), "/templates")))
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE"]).global())
}
