//! The guards: what each gives to a handler, and what it says to a request without a session.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use logto_rocket::{ClaimsAs, Logto, LogtoUser, Refusal};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::From;
use logto_rocket_tests::uri::path_of;
use rocket::http::{Method, Status};
use rocket::serde::Deserialize;
use rocket::serde::json::Json;
use rocket::{get, post, routes};
use serde_json::Value;

#[rocket::async_test]
async fn every_guard_gives_the_same_user() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let id = app.idp.user_id("alice").unwrap();
    for path in ["/owned", "/borrowed", "/optional", "/resulting"] {
        let answer = alice.open(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, id.as_str()), "{path}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{path}");
    }
    let both = alice.open("/both").await;
    assert_eq!(both.body, format!("{id} {id}"), "owned and borrowed in one handler");
    let user: Value = serde_json::from_str(&alice.open("/serialized").await.body).unwrap();
    assert_eq!(user["id"], id);
    assert_eq!(user["display_name"], "Alice Liddell");
    assert_eq!(user["claims"]["username"], "alice");
}

#[rocket::async_test]
async fn without_a_user_a_guard_refuses_or_says_so() {
    let app = app().await;
    let mut stranger = app.browser();
    for path in ["/owned", "/borrowed", "/both", "/serialized", "/employee", "/loose"] {
        assert_eq!(stranger.open(path).await.status, Status::SeeOther, "{path}");
        assert_eq!(stranger.fetch(path).await.status, Status::Unauthorized, "{path}");
    }
    assert_eq!(stranger.open("/optional").await.body, "signed out");
    assert_eq!(stranger.open("/resulting").await.body, "Err(NotSignedIn)");
    for path in ["/optional", "/resulting"] {
        let answer = stranger.open(path).await;
        assert_eq!(answer.status, Status::Ok, "{path}");
        let cache = answer.header("Cache-Control");
        assert_eq!(cache, Some("no-store"), "{path}: it would differ for a signed-in user");
    }
}

#[rocket::async_test]
async fn claims_that_do_not_fit_are_forbidden_and_the_page_names_the_claim() {
    let app = app().await;
    let mut bob = app.signed_in("bob").await;
    let page = bob.open("/employee").await;
    assert_eq!(page.status, Status::Forbidden);
    assert!(page.body.contains("department"), "{}", page.body);
    let script = bob.fetch("/employee").await;
    assert!(script.body.contains("department"), "{}", script.body);
    assert_eq!(bob.open("/loose").await.body, "None");

    app.idp.set_claim("bob", "department", "ops");
    let mut bob = app.signed_in("bob").await;
    assert_eq!(bob.open("/employee").await.body, "the desk of ops");
    assert_eq!(bob.open("/loose").await.body, "Some(\"ops\")");
}

#[rocket::async_test]
async fn the_client_is_a_guard_that_admits_every_request() {
    let app = app().await;
    let mut browser = app.browser();
    let links = browser.open("/links").await;
    assert_eq!(links.body, "/auth/sign-in?return_to=%2Fhere /auth/sign-out");
    assert_eq!(links.header("Vary"), None, "it says nothing of a user");
    let start = browser.open("/own-route").await;
    assert!(start.location().starts_with(&format!("{}/auth?", app.idp.issuer())));
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
    let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!(back.location(), "/owned");
    assert_eq!(browser.open("/owned").await.status, Status::Ok);
}

#[rocket::async_test]
async fn requests_of_another_site_are_not_the_users() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for headers in [
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        vec![("Sec-Fetch-Site", "cross-site")],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Origin", "http://localhost:8001"), ("Sec-Fetch-Site", "same-site")],
        vec![("Upgrade", "websocket"), ("Origin", "https://evil.example")],
        vec![("Upgrade", "websocket")],
    ] {
        let upgrade = headers[0].0 == "Upgrade";
        let method = if upgrade { Method::Get } else { Method::Post };
        let (owned, optional) =
            if upgrade { ("/owned", "/optional") } else { ("/owned-post", "/optional-post") };
        let refused = alice.request(method, owned, &headers, "").await;
        assert_eq!(refused.status, Status::Forbidden, "{headers:?}: {refused:?}");
        let none = alice.request(method, optional, &headers, "").await;
        assert_eq!((none.status, none.body.as_str()), (Status::Ok, "signed out"), "{headers:?}");
    }
    let id = app.idp.user_id("alice").unwrap();
    for headers in [vec![], vec![("Origin", ORIGIN)], vec![("Sec-Fetch-Site", "same-origin")]] {
        for path in ["/owned-post", "/optional-post"] {
            let own = alice.request(Method::Post, path, &headers, "").await;
            assert_eq!((own.status, own.body.as_str()), (Status::Ok, id.as_str()), "{headers:?}");
        }
    }
    let socket = [("Upgrade", "websocket"), ("Origin", ORIGIN)];
    assert_eq!(alice.request(Method::Get, "/owned", &socket, "").await.status, Status::Ok);
}

#[get("/owned")]
fn owned(user: LogtoUser) -> String {
    user.id().into()
}

#[post("/owned-post")]
fn owned_post(user: LogtoUser) -> String {
    user.id().into()
}

#[get("/borrowed")]
fn borrowed(user: &LogtoUser) -> String {
    user.id().into()
}

#[get("/both")]
fn both(borrowed: &LogtoUser, owned: LogtoUser) -> String {
    format!("{} {}", borrowed.id(), owned.id())
}

#[get("/optional")]
fn optional(user: Option<LogtoUser>) -> String {
    user.map_or("signed out".into(), |user| user.id().into())
}

#[post("/optional-post")]
fn optional_post(user: Option<&LogtoUser>) -> String {
    user.map_or("signed out".into(), |user| user.id().into())
}

#[get("/resulting")]
fn resulting(user: Result<LogtoUser, Refusal>) -> String {
    user.map_or_else(|refusal| format!("Err({refusal:?})"), |user| user.id().into())
}

#[get("/serialized")]
fn serialized(user: LogtoUser) -> Json<LogtoUser> {
    Json(user)
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Employee {
    department: String,
}

#[get("/employee")]
fn employee(employee: ClaimsAs<Employee>) -> String {
    format!("the desk of {}", employee.0.department)
}

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Loose {
    department: Option<String>,
}

#[get("/loose")]
fn loose(loose: ClaimsAs<Loose>) -> String {
    format!("{:?}", loose.0.department)
}

#[get("/links")]
fn links(logto: &Logto) -> String {
    format!("{} {}", logto.sign_in_uri(Some("/here")), logto.sign_out_uri())
}

#[get("/own-route")]
async fn own_route(logto: &Logto) -> Result<logto_rocket::SignIn, logto_rocket::Error> {
    logto.sign_in().return_to("/owned").start().await
}

async fn app() -> App {
    let users = routes![owned, owned_post, borrowed, both, optional, optional_post, resulting];
    let others = routes![serialized, employee, loose, links, own_route];
    App::builder().routes(users).routes(others).start().await
}
