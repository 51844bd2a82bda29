//! The pages: where the user is signed in, and the end of that.

use std::time::SystemTime;

use logto_rocket::{
    Error, Logto, LogtoUser, Page, RenderedPage, SessionId, SessionInfo, authenticated,
};
use rocket::response::Redirect;
use rocket::serde::Serialize;
use rocket::{Route, State};
use rocket_dyn_templates::context;

use crate::Instance;

pub fn routes() -> Vec<Route> {
    routes![home, end, end_all]
}

/// A session as the page shows it.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Row {
    id: String,
    browser: String,
    address: String,
    minutes: u64,
    is_this: bool,
}

#[get("/")]
async fn home(
    logto: &Logto,
    user: Option<LogtoUser>,
    instance: &State<Instance>,
    page: Page<'_>,
) -> Result<RenderedPage, Error> {
    let mut rows = Vec::new();
    if let Some(user) = &user {
        let sessions = logto.sessions().of(user.id()).await?;
        rows.extend(sessions.iter().map(|session| row(session, user)));
    }
    Ok(page.render("home", context! { instance: instance.0, sessions: rows }))
}

/// Ends one of the user's own sessions. The id of another user's session ends nothing.
#[authenticated]
#[post("/sessions/<id>/end")]
async fn end(logto: &Logto, user: &LogtoUser, id: SessionId) -> Result<Redirect, Error> {
    let sessions = logto.sessions().of(user.id()).await?;
    if sessions.iter().any(|session| *session.id() == id) {
        logto.sessions().end(&id).await?;
    }
    Ok(Redirect::to("/"))
}

/// Signs the user out everywhere.
#[authenticated]
#[post("/sessions/end")]
async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<Redirect, Error> {
    logto.sessions().end_all_of(user.id()).await?;
    Ok(Redirect::to("/"))
}

fn row(session: &SessionInfo, user: &LogtoUser) -> Row {
    let unused = SystemTime::now().duration_since(session.last_seen()).unwrap_or_default();
    Row {
        id: session.id().to_string(),
        browser: session.user_agent().unwrap_or("a browser without a name").to_owned(),
        address: session.address().map_or("nowhere".into(), |address| address.to_string()),
        minutes: unused.as_secs() / 60,
        is_this: session.id() == user.session_id(),
    }
}
