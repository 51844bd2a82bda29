//! How a requirement is decided: by claims, by tokens, and by functions of the application.

use std::time::Duration;

use rocket::{get, routes};

use super::{Answer, App, Orders, said};
use crate::request::tests::config;
use crate::testing::{BearerToken, TestSession, User};
use crate::{Bearer, Caller, LogtoUser, SessionConfig, authenticated};

#[authenticated(bearer, resource = Orders, scope = "read:orders", max_age = "15m")]
#[get("/transfer")]
fn transfer() -> &'static str {
    "transfer"
}

#[authenticated(bearer, resource = Orders, any(scopes("read:orders", "audit"), scope = "admin"), not(scope = "guest"))]
#[get("/any")]
fn any() -> &'static str {
    "any"
}

#[authenticated(bearer, resource = Orders, machine)]
#[get("/machines")]
fn machines() -> &'static str {
    "machines"
}

#[authenticated(bearer, resource = Orders, check = is_robot, check = has_id)]
#[get("/robots")]
fn robots() -> &'static str {
    "robots"
}

async fn is_robot(caller: &Bearer<Orders>) -> bool {
    rocket::tokio::task::yield_now().await;
    caller.subject() == "robot"
}

fn has_id(caller: &Bearer<Orders>) -> bool {
    caller.client_id() == "shop"
}

#[authenticated(bearer, resource = Orders, claim("tier" = "gold"))]
#[get("/gold")]
fn gold() -> &'static str {
    "gold"
}

#[authenticated(session, bearer, resource = Orders, check = is_known)]
#[get("/known")]
fn known() -> &'static str {
    "known"
}

fn is_known(caller: &Caller<Orders>) -> bool {
    caller.id() == "alice" || caller.program().is_some_and(|program| program.subject() == "robot")
}

/// The status that a program gets, and the challenge of a refusal.
async fn asked(app: &App, path: &'static str, token: BearerToken<'_>) -> (u16, String) {
    let response = app.client.get(path).header(token).dispatch().await;
    let challenge = response.headers().get_one("WWW-Authenticate").unwrap_or_default();
    (response.status().code, challenge.to_owned())
}

async fn api() -> App {
    App::api(routes![transfer, any, machines, robots, gold]).await
}

#[rocket::async_test]
async fn a_program_is_told_to_sign_its_user_in_again_only_if_that_would_help() {
    let app = api().await;
    let token = || app.token().resource(Orders);
    let reader = || token().scopes(["read:orders"]);
    let minutes = |count: u64| Duration::from_secs(count * 60);
    for (token, status, challenge) in [
        (reader().signed_in(minutes(10)), 200, ""),
        (reader().signed_in(minutes(16)), 401, "max_age=\"900\""),
        (reader(), 401, "max_age=\"900\""),
        (token().signed_in(minutes(1)), 403, "scope=\"read:orders\""),
        (token().signed_in(minutes(16)), 403, "scope=\"read:orders\""),
    ] {
        let (found, text) = asked(&app, "/transfer", token).await;
        assert_eq!(found, status, "{text}");
        assert!(text.contains(challenge), "{text}");
        assert_eq!(text.contains("max_age"), status == 401, "{text}");
    }
}

#[rocket::async_test]
async fn a_token_from_the_future_proves_no_recent_sign_in() {
    let app = api().await;
    let now = app.client.rocket().state::<crate::resource_server::ResourceServer>();
    let now = now.expect("the fairing").issuer().clock().now();
    let at =
        |time: u64| app.token().resource(Orders).scopes(["read:orders"]).claim("auth_time", time);
    assert_eq!(asked(&app, "/transfer", at(now + 10)).await.0, 200, "clocks differ");
    assert_eq!(asked(&app, "/transfer", at(now + 3_000)).await.0, 401);
}

#[rocket::async_test]
async fn a_program_is_told_which_scopes_help_it() {
    let app = api().await;
    let with =
        |scopes: &'static [&str]| app.token().resource(Orders).scopes(scopes.iter().copied());
    let helpful = "scope=\"admin audit read:orders\"";
    for (scopes, status, challenge) in [
        (&["read:orders", "audit"][..], 200, ""),
        (&["admin"], 200, ""),
        (&["read:orders"], 403, helpful),
        (&[], 403, helpful),
        (&["admin", "guest"], 403, helpful),
        (&["admin", "audit", "read:orders", "guest"], 403, "insufficient_scope"),
    ] {
        let (found, text) = asked(&app, "/any", with(scopes)).await;
        assert_eq!(found, status, "{scopes:?} {text}");
        assert!(text.contains(challenge), "{scopes:?} {text}");
        let asks_for_more = text.contains(" scope=");
        assert_eq!(asks_for_more, status == 403 && scopes.len() < 4, "{scopes:?} {text}");
    }
    assert_eq!(app.denied().len(), 4, "each refusal is reported");
}

#[rocket::async_test]
async fn machines_and_claims_are_told_by_the_token() {
    let app = api().await;
    let token = || app.token().resource(Orders);
    assert_eq!(asked(&app, "/machines", token().machine("robot")).await.0, 200);
    assert_eq!(asked(&app, "/machines", token().subject("alice")).await.0, 403);
    assert_eq!(asked(&app, "/gold", token().claim("tier", "gold")).await.0, 200);
    assert_eq!(asked(&app, "/gold", token().claim("tier", "lead")).await.0, 403);
    assert_eq!(asked(&app, "/gold", token()).await.0, 403);
}

#[rocket::async_test]
async fn functions_of_the_application_decide_with_what_they_are_given() {
    let app = api().await;
    let token = || app.token().resource(Orders).client_id("shop");
    assert_eq!(asked(&app, "/robots", token().subject("robot")).await.0, 200);
    assert_eq!(asked(&app, "/robots", token().subject("alice")).await.0, 403);
    assert_eq!(asked(&app, "/robots", token().subject("robot").client_id("x")).await.0, 403);
    let app = App::start(routes![known]).await;
    let alice = app.session(User::new("alice").with_id("alice")).await;
    let bob = app.session(User::new("bob").with_id("bob")).await;
    assert_eq!(app.get("/known", &alice).await, said("known"));
    assert_eq!(app.get("/known", &bob).await, (403, None));
    let token = || app.token().resource(Orders);
    assert_eq!(app.get_by("/known", token().subject("robot")).await, said("known"));
    assert_eq!(app.get_by("/known", token().subject("bob")).await, (403, None));
}

#[authenticated(claim("plan" = "pro"))]
#[get("/plan")]
fn plan() -> &'static str {
    "plan"
}

#[authenticated(not(claim("plan" = "pro")))]
#[get("/not-plan")]
fn not_plan() -> &'static str {
    "not-plan"
}

#[authenticated(claim("seat.row" = 7), claim("seat.window" = true))]
#[get("/seat")]
fn seat() -> &'static str {
    "seat"
}

#[authenticated(not(claim("custom_data.banned" = true)))]
#[get("/custom")]
fn custom() -> &'static str {
    "custom"
}

#[authenticated(not(role = "guest"))]
#[get("/no-guests")]
fn no_guests() -> &'static str {
    "no-guests"
}

#[authenticated(max_age = "1h")]
#[get("/recent")]
fn recent() -> &'static str {
    "recent"
}

async fn refused(app: &App, path: &str, user: User) -> Answer {
    let cookies = app.session(user).await;
    app.get(path, &cookies).await
}

#[rocket::async_test]
async fn a_claim_that_would_be_there_and_is_not_is_lacking() {
    let app = App::start(routes![plan, not_plan, seat, custom, no_guests]).await;
    let user = || User::new("alice");
    for (path, user, status) in [
        ("/plan", user().claim("plan", "pro"), 200),
        ("/plan", user().claim("plan", serde_json::json!(["free", "pro"])), 200),
        ("/plan", user().claim("plan", "free"), 403),
        ("/plan", user(), 403),
        ("/not-plan", user().claim("plan", "pro"), 403),
        ("/not-plan", user().claim("plan", "free"), 200),
        ("/not-plan", user(), 200),
        ("/seat", user().claim("seat", serde_json::json!({"row": 7, "window": true})), 200),
        ("/seat", user().claim("seat", serde_json::json!({"row": 7, "window": false})), 403),
        ("/seat", user().claim("seat", serde_json::json!({"row": "7", "window": true})), 403),
        ("/seat", user().claim("seat", serde_json::json!({"row": 8, "window": true})), 403),
        ("/seat", user().claim("seat", serde_json::json!({"row": 7})), 403),
        ("/seat", user(), 403),
        // Logto puts this claim into user info only, so a missing claim proves nothing.
        ("/custom", user(), 403),
        ("/custom", user().claim("custom_data", serde_json::json!({"banned": false})), 200),
        ("/custom", user().claim("custom_data", serde_json::json!({})), 200),
        ("/custom", user().claim("custom_data", serde_json::json!({"banned": true})), 403),
        ("/no-guests", user(), 200),
        ("/no-guests", user().role("guest"), 403),
    ] {
        assert_eq!(refused(&app, path, user).await.0, status, "{path}");
    }
}

#[rocket::async_test]
async fn of_a_claim_that_sessions_do_not_store_nothing_is_known() {
    let stored = SessionConfig::new().claims(["name"]);
    let app = App::with(config().session(stored), routes![plan, not_plan, no_guests]).await;
    let user = || User::new("alice").claim("plan", "free").role("staff");
    for path in ["/plan", "/not-plan", "/no-guests"] {
        assert_eq!(refused(&app, path, user()).await.0, 403, "{path}: unknown, also under `not`");
    }
}

#[rocket::async_test]
async fn a_sign_in_is_recent_by_its_time() {
    let app = App::start(routes![recent]).await;
    // The clock continues during the test.
    for (ago, status) in [(0, 200), (3_000, 200), (3_620, 401)] {
        let session = User::new("alice").signed_in(Duration::from_secs(ago));
        let cookies = app.session(session).await;
        assert_eq!(app.get("/recent", &cookies).await.0, status, "{ago}");
    }
    let now = crate::Clock::system().now();
    for (ahead, status) in [(5, 200), (3_000, 401)] {
        let user = User::new("alice").claim("auth_time", now + ahead);
        assert_eq!(refused(&app, "/recent", user).await.0, status, "{ahead} ahead");
    }
}

#[authenticated(not(max_age = "1h"))]
#[get("/old")]
fn old() -> &'static str {
    "old"
}

#[authenticated(bearer, resource = Orders, not(max_age = "1h"))]
#[get("/old-token")]
fn old_token() -> &'static str {
    "old"
}

#[rocket::async_test]
async fn a_sign_in_of_unknown_time_is_neither_recent_nor_old() {
    let app = App::start(routes![recent, old]).await;
    let now = crate::Clock::system().now();
    let hours = Duration::from_secs(2 * 3600);
    for (user, of_recent, of_old) in [
        (TestSession::from(User::new("alice")), 200, 403),
        (User::new("alice").signed_in(hours), 401, 200),
        (User::new("alice").claim("auth_time", now + 3_000).into(), 401, 403),
    ] {
        let cookies = app.session(user).await;
        assert_eq!(app.get("/recent", &cookies).await.0, of_recent);
        assert_eq!(app.get("/old", &cookies).await.0, of_old);
    }
    let app = App::api(routes![old_token]).await;
    let token = || app.token().resource(Orders);
    for (token, status) in [
        (token(), 403),
        (token().signed_in(Duration::ZERO), 403),
        (token().signed_in(hours), 200),
        (token().claim("auth_time", now + 3_000), 403),
    ] {
        assert_eq!(app.get_by("/old-token", token).await.0, status);
    }
}

#[authenticated(check = is_alice, check = never)]
#[get("/never")]
fn nobody() -> &'static str {
    "never"
}

fn is_alice(user: &LogtoUser) -> bool {
    user.id() == "alice"
}

fn never(_: &LogtoUser) -> bool {
    false
}

#[rocket::async_test]
async fn every_function_of_a_requirement_must_agree() {
    let app = App::start(routes![nobody]).await;
    assert_eq!(refused(&app, "/never", User::new("alice").with_id("alice")).await, (403, None));
    assert_eq!(app.denied(), ["alice: check = is_alice, check = never"]);
}
