//! The relying party that the conformance suite tests: an ordinary application. All that differs from
//! module to module is in its environment (`LOGTO_*`, `ROCKET_*`).

use logto_rocket::{Claims, Error, Logto, LogtoUser, authenticated};
use rocket::serde::json::{Json, Value, json};
use rocket::{Build, Rocket, get, launch, routes};

/// Who is signed in, for everybody to ask.
#[get("/who")]
fn who(user: Option<&LogtoUser>) -> Json<Value> {
    Json(json!({ "sub": user.map(LogtoUser::id) }))
}

/// What the issuer tells of the user now.
#[get("/user-info")]
async fn user_info(user: &LogtoUser) -> Result<Json<Claims>, Error> {
    user.fetch_user_info().await.map(Json)
}

/// The claims of the user, confirmed now by a refresh token.
#[get("/refresh")]
async fn refresh(user: &LogtoUser) -> Result<Json<Value>, Error> {
    let user = user.refresh().await?;
    Ok(Json(json!({ "sub": user.id() })))
}

/// The ID token of the session, if the session keeps it.
#[get("/id-token")]
fn id_token(user: &LogtoUser) -> Option<&str> {
    user.id_token()
}

#[authenticated]
#[get("/members")]
fn members() -> &'static str {
    "for members"
}

#[get("/")]
fn home() -> &'static str {
    "home"
}

#[get("/farewell")]
fn farewell() -> &'static str {
    "signed out"
}

#[launch]
fn rocket() -> Rocket<Build> {
    let routes = routes![home, who, user_info, refresh, id_token, members, farewell];
    rocket::build().attach(Logto::fairing()).mount("/", routes)
}
