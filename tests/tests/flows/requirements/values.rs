//! `requires!`: judging a user in a handler, and guarding routes of others.

use std::sync::atomic::{AtomicUsize, Ordering};

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, LogtoUser, Refusal, authenticated, requires, resource};
use logto_rocket_tests::app::{App, config_for, figment, rocket};
use logto_rocket_tests::browser::{From, navigation};
use rocket::data::{self, FromData, ToByteUnit};
use rocket::error::ErrorKind;
use rocket::fs::{FileServer, Options};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::request::{self, FromRequest};
use rocket::{Build, Data, Request, Rocket, State, get, post, routes};

resource!(Orders = "https://api.example.test/orders");

/// A directory with a file `redirects.jsonl`.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

fn is_alice(user: &LogtoUser) -> bool {
    user.display_name() == "Alice Liddell"
}

/// The same requirement as an attribute and as a value.
macro_rules! both {
    ($name:ident, $attribute:literal, $value:literal, [$($requirement:tt)+]) => {
        mod $name {
            use super::*;

            #[authenticated($($requirement)+)]
            #[get($attribute)]
            pub fn by_attribute() {}

            #[get($value)]
            pub async fn by_value(user: LogtoUser) -> Result<(), Refusal> {
                requires!($($requirement)+).check(&user).await
            }
        }
    };
}

both!(role, "/role", "/check/role", [role = "admin"]);
both!(no_role, "/no_role", "/check/no_role", [not(role = "admin")]);
both!(scope, "/scope", "/check/scope", [resource = Orders, scope = "read:orders"]);
both!(
    no_scope,
    "/no_scope",
    "/check/no_scope",
    [not(all(resource = Orders, scope = "read:orders"))]
);
both!(member, "/member", "/check/member", [organization = "org_1"]);
both!(
    either,
    "/either",
    "/check/either",
    [any(check = is_alice, all(resource = Orders, scope = "delete:orders"))]
);
both!(fresh, "/fresh", "/check/fresh", [max_age = "1h"]);
both!(claim, "/claim", "/check/claim", [claim("email_verified" = true)]);

#[rocket::async_test]
async fn a_value_decides_as_the_attribute_does() {
    let mut all = routes![role::by_attribute, role::by_value];
    all.extend(routes![no_role::by_attribute, no_role::by_value]);
    all.extend(routes![scope::by_attribute, scope::by_value]);
    all.extend(routes![no_scope::by_attribute, no_scope::by_value]);
    all.extend(routes![member::by_attribute, member::by_value]);
    all.extend(routes![either::by_attribute, either::by_value]);
    all.extend(routes![fresh::by_attribute, fresh::by_value]);
    all.extend(routes![claim::by_attribute, claim::by_value]);
    let app = App::builder().routes(all).start().await;
    let names = ["role", "no_role", "scope", "no_scope", "member", "either", "fresh", "claim"];
    let mut statuses = Vec::new();
    for user in ["alice", "bob"] {
        let mut browser = app.signed_in(user).await;
        for away in [false, true] {
            if away {
                app.clock.advance(std::time::Duration::from_secs(3601));
                app.idp.pause().await;
            }
            for name in names {
                let by_attribute = browser.fetch(&format!("/{name}")).await.status;
                let by_value = browser.fetch(&format!("/check/{name}")).await.status;
                assert_eq!(by_attribute, by_value, "{name} for {user}, Logto away: {away}");
                statuses.push(by_attribute.code);
            }
        }
        app.idp.resume().await.unwrap();
    }
    for code in [200, 401, 403, 503] {
        assert!(statuses.contains(&code), "{statuses:?} has no {code}");
    }
}

#[rocket::async_test]
async fn files_are_served_to_users_who_meet_the_requirement() {
    let files = FileServer::new(FILES, Options::None).rank(7);
    let guarded = requires!(role = "admin").guard(files);
    assert_eq!(guarded[0].rank, 7);
    let app = App::builder().routes(guarded).start().await;

    let refused = app.browser().open("/redirects.jsonl").await;
    assert_eq!(refused.location(), "/auth/sign-in?return_to=%2Fredirects.jsonl");
    let mut bob = app.signed_in("bob").await;
    let refused = bob.open("/redirects.jsonl").await;
    assert_eq!((refused.status, refused.location()), (Status::Forbidden, ""));
    assert!(!refused.body.contains("payload"), "{}", refused.body);
    let mut alice = app.signed_in("alice").await;
    let served = alice.open("/redirects.jsonl").await;
    assert!(served.body.contains("payload"), "{}", served.body);
    assert_eq!(served.header("Cache-Control"), Some("no-store"));
    assert_eq!(alice.open("/absent.txt").await.status, Status::NotFound);
}

#[get("/<_..>", rank = 20)]
fn rest() -> &'static str {
    "open to all"
}

#[rocket::async_test]
async fn a_file_that_is_missing_forwards_to_a_route_that_is_not_guarded() {
    let mut all = requires!(role = "admin").guard(FileServer::new(FILES, Options::None));
    all.extend(routes![rest]);
    let app = App::builder().routes(all).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/absent.txt").await.body, "open to all");
    let mut bob = app.signed_in("bob").await;
    assert_eq!(
        bob.open("/absent.txt").await.status,
        Status::Forbidden,
        "it is refused, not passed on"
    );
    assert_eq!(app.browser().open("/absent.txt").await.status, Status::SeeOther);
}

#[get("/report", format = "json")]
fn as_json() -> &'static str {
    "as JSON"
}

#[get("/report", format = "text/csv", rank = 2)]
fn as_csv() -> &'static str {
    "as CSV"
}

#[post("/report", format = "json", data = "<_body>")]
fn take_json(_body: Body) -> &'static str {
    "taken"
}

#[rocket::async_test]
async fn a_guarded_route_keeps_its_format() {
    let mut all = requires!(role = "admin").guard(routes![as_json, take_json]);
    all.extend(requires!(role = "unassigned").guard(routes![as_csv]));
    let app = App::builder().routes(all).start().await;
    let mut alice = app.signed_in("alice").await;
    for (method, header, value, status, body) in [
        (Method::Get, "Accept", "application/json", Status::Ok, "as JSON"),
        (Method::Get, "Accept", "text/csv", Status::Forbidden, ""),
        (Method::Get, "Accept", "text/plain", Status::NotFound, ""),
        (Method::Post, "Content-Type", "application/json", Status::Ok, "taken"),
        (Method::Post, "Content-Type", "text/plain", Status::NotFound, ""),
    ] {
        let answer = alice.request(method, "/report", &[(header, value)], "{}").await;
        assert_eq!(answer.status, status, "{method} {value}: {answer:?}");
        assert!(answer.body.contains(body), "{method} {value}: {answer:?}");
    }
}

struct Opening(&'static str);

#[get("/opening")]
fn opening(hours: &State<Opening>) -> &'static str {
    hours.0
}

#[rocket::async_test]
async fn what_a_guarded_route_cannot_do_without_still_fails_the_launch() {
    let idp = Idp::start().await.unwrap();
    let launch = async |managed: bool| {
        let rocket = rocket(Logto::fairing().config(config_for(&idp)));
        let rocket = rocket.mount("/", requires!(role = "admin").guard(routes![opening]));
        let rocket = if managed { rocket.manage(Opening("nine")) } else { rocket };
        Client::untracked(rocket).await.map(drop)
    };
    let error = launch(false).await.expect_err("the launch fails");
    assert!(matches!(error.kind(), ErrorKind::SentinelAborts(_)), "{error:?}");
    assert!(launch(true).await.is_ok());
}

#[rocket::async_test]
async fn without_the_fairing_guarded_routes_answer_with_an_error() {
    let routes = requires!(role = "admin").guard(routes![hello]);
    let client = Client::untracked(rocket::custom(figment()).mount("/", routes)).await.unwrap();
    let answer = client.get("/hello").dispatch().await;
    assert_eq!(answer.status(), Status::InternalServerError);
}

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

/// Counts what ran behind the guard.
#[derive(Default)]
struct Ran {
    guards: AtomicUsize,
    /// Bytes of bodies.
    bytes: AtomicUsize,
}

struct Later;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Later {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        if let Some(ran) = request.rocket().state::<Ran>() {
            ran.guards.fetch_add(1, Ordering::Relaxed);
        }
        request::Outcome::Success(Self)
    }
}

struct Body;

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let body = data.open(1.kibibytes()).into_bytes().await;
        if let (Some(ran), Ok(body)) = (request.rocket().state::<Ran>(), body) {
            ran.bytes.fetch_add(body.len(), Ordering::Relaxed);
        }
        data::Outcome::Success(Self)
    }
}

#[authenticated(role = "admin")]
#[post("/attribute", data = "<_body>")]
fn attribute(_later: Later, _body: Body) {}

#[post("/value", data = "<_body>")]
fn value(_later: Later, _body: Body) {}

#[get("/ran")]
fn ran(ran: &State<Ran>) -> String {
    format!("{} {}", ran.guards.load(Ordering::Relaxed), ran.bytes.load(Ordering::Relaxed))
}

#[rocket::async_test]
async fn a_refused_request_reaches_no_later_guard_and_its_body_is_not_read() {
    let mut all = routes![attribute, ran];
    all.extend(requires!(role = "admin").guard(routes![value]));
    let managed = |rocket: Rocket<Build>| rocket.manage(Ran::default());
    let app = App::builder().routes(all).rocket(managed).start().await;
    let headers = navigation(From::OwnPage);
    let mut bob = app.signed_in("bob").await;
    for path in ["/attribute", "/value"] {
        let refused = bob.request(Method::Post, path, &headers, "a body").await;
        assert_eq!(refused.status, Status::Forbidden, "{path}");
        assert_eq!(bob.open("/ran").await.body, "0 0");
    }
    let mut alice = app.signed_in("alice").await;
    for path in ["/attribute", "/value"] {
        let answer = alice.request(Method::Post, path, &headers, "a body").await;
        assert_eq!(answer.status, Status::Ok, "{path}");
    }
    assert_eq!(alice.open("/ran").await.body, "2 12", "of both bodies every byte");
}
