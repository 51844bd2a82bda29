//! What the log says of a requirement that cannot be decided, or by the wrong people.

use logto_rocket::{Config, Logto, LogtoUser, SessionConfig, authenticated, requires, resource};
use logto_rocket_tests::app::{App, figment};
use logto_rocket_tests::log::Log;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Route, get, routes};

#[rocket::async_test]
async fn a_requirement_that_cannot_be_decided_refuses_also_under_not_and_the_log_has_the_remedy() {
    let log = Log::alone().await;
    let kept = SessionConfig::new().claims(["username"]);
    for (what, change, remedy) in [
        (
            "a scope that was not asked for",
            Box::new(|config: Config| {
                let scopes = ["openid", "offline_access", "profile", "email"];
                config.include_reserved_scopes(false).scopes(scopes)
            }) as Box<dyn Fn(Config) -> Config>,
            "`logto.scopes`",
        ),
        (
            "a claim that is not kept",
            Box::new(move |config: Config| config.session(kept.clone())),
            "`logto.session.claims`",
        ),
    ] {
        let app = App::builder().config(change).routes(routes![role, not, check, any_known]);
        let app = app.start().await;
        for (name, path) in [("alice", "/role"), ("alice", "/not"), ("bob", "/not")] {
            let mut browser = app.signed_in(name).await;
            let before = log.ours().len();
            let answer = browser.open(path).await;
            assert_eq!(answer.status, Status::Forbidden, "{what}: {name} at {path}");
            let logged = log.ours().split_off(before);
            assert!(logged.contains(remedy) && logged.contains("role = "), "{what}: {logged}");
        }
        // What does not depend on it is decided.
        let mut alice = app.signed_in("alice").await;
        assert_eq!(alice.open("/check").await.status, Status::Ok, "{what}");
        assert_eq!(alice.open("/any-known").await.status, Status::Ok, "{what}");
    }
}

/// The warnings of a launch with these routes that name one of them.
async fn warned(config: Config, routes: Vec<Route>) -> Vec<String> {
    let log = Log::alone().await;
    let config = config.endpoint("http://127.0.0.1:9").app_id("an_app").app_secret("a_secret");
    let fairing = Logto::fairing().config(config);
    let site = rocket::custom(figment()).attach(fairing).mount("/", routes);
    drop(Client::untracked(site).await.expect("a launch"));
    let warned =
        log.lines().into_iter().filter(|line| line.is_ours() && line.text.contains("GET /"));
    warned.map(|line| line.text).collect()
}

#[track_caller]
fn assert_one(warned: &[String], parts: &[&str]) {
    let fitting = warned.iter().filter(|line| parts.iter().all(|part| line.contains(part)));
    assert_eq!(fitting.count(), 1, "{parts:?} in {warned:#?}");
}

#[rocket::async_test]
async fn a_requirement_on_what_is_in_user_info_only_is_warned_about_at_launch() {
    let warnings = warned(Config::new(), routes![gold, identities]).await;
    for (route, claim) in [("GET /gold", "custom_data"), ("GET /identities", "identities")] {
        let remedy = "`session.user_info = true`";
        assert_one(&warnings, &[route, &format!("`{claim}`"), "user info only", remedy]);
    }
    let kept = SessionConfig::new().user_info(true).claims(["custom_data", "identities"]);
    let warnings = warned(Config::new().session(kept), routes![identities]).await;
    assert_eq!(warnings, Vec::<String>::new());
}

#[rocket::async_test]
async fn a_requirement_on_what_users_can_edit_is_warned_about_at_launch() {
    let kept =
        SessionConfig::new().user_info(true).claims(["custom_data", "name", "address", "roles"]);
    let warnings = warned(Config::new().session(kept), routes![gold, named, abroad]).await;
    for (route, claim) in
        [("GET /gold", "custom_data"), ("GET /named", "name"), ("GET /abroad", "address")]
    {
        let reason =
            format!("users can edit the claim `{claim}` if Logto's account center allows it");
        assert_one(&warnings, &[route, &reason, "a role", "requirements.rs:"]);
    }
    assert_eq!(warnings.len(), 3, "{warnings:#?}");
    let warnings = warned(Config::new(), routes![role, departmental]).await;
    assert_eq!(warnings, Vec::<String>::new());
}

#[rocket::async_test]
async fn a_requirement_that_no_session_can_meet_is_warned_about_at_launch() {
    let kept = SessionConfig::new().claims(["name"]);
    let warnings = warned(Config::new().session(kept), routes![role, departmental]).await;
    for (route, claim) in [("GET /role", "roles"), ("GET /departmental", "department")] {
        let key = "`logto.session.claims` (from Config in code)";
        assert_one(&warnings, &[route, &format!("`{claim}`"), "do not store", key]);
    }
    let bare = Config::new().include_reserved_scopes(false).scopes(["openid", "offline_access"]);
    let warnings = warned(bare, routes![role, departmental]).await;
    let key = "`logto.scopes` (from Config in code)";
    assert_one(&warnings, &["GET /role", "scope `roles`", key]);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
}

#[rocket::async_test]
async fn a_requirement_that_guards_routes_as_a_value_is_warned_about_at_launch_as_an_attribute_is()
{
    let routes = || {
        let two =
            requires!(any(role = "admin", not(claim("custom_data.plan" = "a \" claim(\"x\"))"))));
        let mut all = two.guard(routes![plain, other]);
        all.extend(requires!(bearer, resource = Orders, max_age = "1h").guard(routes![api]));
        all
    };
    let kept = SessionConfig::new().user_info(true).claims(["custom_data"]);
    let asked = Config::new().scopes(["roles", "custom_data"]);
    let warnings = warned(asked.clone().session(kept), routes()).await;
    let at = "GET /plain, GET /other requires `";
    let key = "`logto.session.claims` (from Config in code)";
    assert_one(&warnings, &[at, "`role = \"admin\"`: ", "do not store the claim `roles`", key]);
    assert_one(&warnings, &[at, "`claim(\"custom_data.plan\" = ", "users can edit the claim"]);
    assert_one(&warnings, &["GET /api requires `max_age` of access tokens"]);
    assert_eq!(warnings.len(), 3, "{warnings:#?}");
    let bare = Config::new().include_reserved_scopes(false).scopes(["openid", "offline_access"]);
    let warnings = warned(bare, routes()).await;
    assert_one(&warnings, &[at, "scope `roles`", "`logto.scopes` (from Config in code)"]);
    assert_one(&warnings, &[at, "`custom_data` into user info only"]);
    let warnings = warned(asked, requires!(role = "admin").guard(routes![plain])).await;
    assert_eq!(warnings, Vec::<String>::new());
}

resource!(Orders = "https://api.example.com/orders");

#[get("/plain")]
fn plain() {}

#[get("/other")]
fn other() {}

#[get("/api")]
fn api() {}

#[authenticated(claim("custom_data.plan" = "gold"))]
#[get("/gold")]
fn gold() {}

#[authenticated(claim("identities.github.userId" = "7"))]
#[get("/identities")]
fn identities() {}

#[authenticated(any(role = "admin", not(claim("name" = "Mallory"))))]
#[get("/named")]
fn named() {}

#[authenticated(claim("address.country" = "FI"))]
#[get("/abroad")]
fn abroad() {}

#[authenticated(claim("department" = "ops"))]
#[get("/departmental")]
fn departmental() {}

#[authenticated(role = "admin")]
#[get("/role")]
fn role() {}

#[authenticated(not(role = "trial"))]
#[get("/not")]
fn not() {}

#[authenticated(check = is_alice)]
#[get("/check")]
fn check() {}

#[authenticated(any(role = "unknown", check = is_alice))]
#[get("/any-known")]
fn any_known() {}

fn is_alice(user: &LogtoUser) -> bool {
    user.claims().username.as_deref() == Some("alice")
}
