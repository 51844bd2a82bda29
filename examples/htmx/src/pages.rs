//! The pages: plain links and forms, which work without scripts as well.

use logto_rocket::{LogtoUser, Page, RenderedPage, authenticated};
use rocket::figment::{Figment, providers::Env};
use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{Route, State};
use rocket_dyn_templates::context;

use crate::notes::Notes;

#[derive(FromForm)]
struct NewNote {
    #[field(validate = len(1..=2000))]
    text: String,
}

pub fn routes() -> Vec<Route> {
    routes![home, notes, add, everybody]
}

#[get("/")]
fn home(page: Page<'_>) -> RenderedPage {
    page.render("home", context! { title: "Home" })
}

#[authenticated]
#[get("/notes")]
fn notes(user: &LogtoUser, page: Page<'_>, notes: &State<Notes>) -> RenderedPage {
    page.render("notes", context! { title: "Notes", notes: notes.of(user.id()) })
}

/// Where nobody is signed in any more, htmx is told to go to the sign-in, and the form is not sent again.
#[authenticated]
#[post("/notes", data = "<note>")]
fn add(user: &LogtoUser, note: Form<NewNote>, notes: &State<Notes>) -> Redirect {
    notes.add(user.id(), note.into_inner().text);
    Redirect::to(uri!(notes))
}

#[authenticated(role = "admin")]
#[get("/everybody")]
fn everybody(page: Page<'_>, notes: &State<Notes>) -> RenderedPage {
    page.render("everybody", context! { title: "Everybody", counts: notes.counts() })
}

/// Rocket's own settings, with the templates found from everywhere.
pub fn figment() -> Figment {
    rocket::Config::figment()
        .merge(("template_dir", concat!(env!("CARGO_MANIFEST_DIR"), "/templates")))
        .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE"]).global())
}
