//! Catchers of the application beside those for refusals.

use logto_rocket::testing::Idp;
use logto_rocket::{Challenge, Logto, LogtoUser, Refusal, authenticated};
use logto_rocket_tests::app::{App, config_for, rocket};
use logto_rocket_tests::browser::Browser;
use rocket::fairing::AdHoc;
use rocket::fs::FileServer;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Request, Rocket, catch, catchers, get, routes};
use serde_json::Value;

#[rocket::async_test]
async fn a_catcher_of_ones_own_asks_for_the_challenge_or_for_the_reason() {
    #[catch(401)]
    fn unauthorized(request: &Request<'_>) -> Result<Challenge, &'static str> {
        Challenge::of(request).ok_or("not about signing in")
    }
    #[catch(403)]
    fn forbidden(request: &Request<'_>) -> String {
        format!("{:?}", Refusal::of(request))
    }
    let site = |rocket: Rocket<Build>| {
        let routes = routes![key_needed, teapot];
        rocket.mount("/", routes).register("/", catchers![unauthorized, forbidden])
    };
    let app = App::builder().rocket(site).start().await;
    let mut bob = app.browser();
    assert_eq!(bob.open("/account").await.status, Status::SeeOther);
    let script = bob.fetch("/account").await;
    assert_eq!(script.problem()["sign_in"], "/auth/sign-in");
    // The handler's own 401 is not about signing in.
    let key = bob.open("/key-needed").await;
    assert_eq!((key.status, key.body.as_str()), (Status::Unauthorized, "not about signing in"));
    app.sign_in(&mut bob, "bob", "/").await;
    assert_eq!(bob.open("/admin").await.body, r#"Some(Denied("role = \"admin\""))"#);
}

#[rocket::async_test]
async fn the_headers_of_the_protocol_are_added_to_any_body() {
    #[catch(401)]
    fn unauthorized() -> (Status, (rocket::http::ContentType, &'static str)) {
        (Status::Unauthorized, (rocket::http::ContentType::HTML, "a page of our own"))
    }
    let site = |rocket: Rocket<Build>| rocket.register("/", catchers![unauthorized]);
    let app = App::builder().rocket(site).start().await;
    let headers =
        [("HX-Request", "true"), ("HX-Current-URL", "http://localhost:8000/basket?item=3")];
    let mut browser = app.browser();
    let answer = browser.request(Method::Get, "/account", &headers, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Unauthorized, "a page of our own"));
    let expected = Some("/auth/sign-in?return_to=%2Fbasket%3Fitem%3D3");
    assert_eq!(answer.header("HX-Redirect"), expected);
    let challenge = Some("Logto realm=\"http://localhost:8000\"");
    assert_eq!(answer.header("WWW-Authenticate"), challenge);
    answer.assert_not_stored();
}

#[rocket::async_test]
async fn what_is_not_ours_is_left_to_the_applications_default_catcher_or_rockets() {
    #[catch(default)]
    fn anything(status: Status, _: &Request<'_>) -> String {
        format!("our own {}", status.code)
    }
    let mount = |rocket: Rocket<Build>| rocket.mount("/", routes![key_needed, teapot]);
    let app = App::builder()
        .rocket(|rocket| mount(rocket).register("/", catchers![anything]))
        .start()
        .await;
    let mut browser = app.browser();
    assert_eq!(browser.open("/key-needed").await.body, "our own 401");
    assert_eq!(browser.open("/teapot").await.body, "our own 418");
    assert_eq!(browser.open("/account").await.status, Status::SeeOther, "and ours is ours");

    let app = App::builder().rocket(mount).start().await;
    let mut browser = app.browser();
    let rockets = browser.open("/key-needed").await;
    assert_eq!(rockets.status, Status::Unauthorized);
    assert!(rockets.body.contains("Rocket"), "{}", rockets.body);
}

#[rocket::async_test]
async fn a_401_of_a_handler_that_let_the_user_in_is_the_handlers_own() {
    let app = App::builder().rocket(|rocket| rocket.mount("/", routes![twice])).start().await;
    let mut alice = app.browser();
    assert_eq!(alice.open("/twice").await.status, Status::SeeOther);
    app.sign_in(&mut alice, "bob", "/").await;
    let own = alice.open("/twice").await;
    assert_eq!((own.status, own.header("Location")), (Status::Unauthorized, None));
}

#[rocket::async_test]
async fn no_guard_forwards_to_a_file_server_at_the_root() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let site = |rocket: Rocket<Build>| {
        let routes = routes![guarded_file, user_file, claims_file];
        rocket.mount("/", FileServer::from(files).rank(50)).mount("/", routes)
    };
    let app = App::builder().rocket(site).start().await;
    let mut browser = app.browser();
    assert!(browser.open("/redirects.jsonl").await.body.contains("payload"), "there are files");
    for path in ["/redirects.jsonl?guarded", "/redirects.jsonl?user", "/redirects.jsonl?claims"] {
        let refused = browser.open(path).await;
        assert_eq!(refused.status, Status::SeeOther, "{path}: {}", refused.body);
        assert_eq!(browser.fetch(path).await.status, Status::Unauthorized, "{path}");
    }
    app.sign_in(&mut browser, "bob", "/").await;
    assert_eq!(browser.open("/redirects.jsonl?guarded").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn catchers_of_the_application_take_the_place_of_ours() {
    let site = |rocket: Rocket<Build>| {
        let rocket = rocket.mount("/", routes![plain]).mount("/api", routes![protected, plain]);
        let rocket = rocket.register("/", catchers![own_401, own_403, own_503, own_default]);
        rocket.register("/api", catchers![api_default])
    };
    let app = App::builder().rocket(site).start().await;
    let mut browser = app.browser();
    for (path, status, body) in [
        ("/account", 401, "own 401"),
        ("/plain/401", 401, "own 401"),
        ("/plain/403", 403, "own 403"),
        ("/plain/503", 503, "own 503"),
        ("/plain/404", 404, "own 404 by default"),
        ("/api/protected", 401, "api 401"),
        ("/api/plain/403", 403, "api 403"),
        ("/api/plain/503", 503, "api 503"),
    ] {
        let answer = browser.open(path).await;
        assert_eq!((answer.status.code, answer.body.as_str()), (status, body), "{path}");
    }
}

#[rocket::async_test]
async fn with_only_a_default_catcher_refusals_are_ours_and_the_rest_is_its_own() {
    let app = App::builder().routes(routes![plain, protected]);
    let app = app.rocket(|rocket| rocket.register("/", catchers![own_default])).start().await;
    let mut browser = app.browser();
    assert_eq!(browser.open("/protected").await.status, Status::SeeOther);
    for status in [401, 403, 503, 404] {
        let answer = browser.open(&format!("/plain/{status}")).await;
        assert_eq!(answer.body, format!("own {status} by default"));
    }
}

#[get("/key-needed")]
fn key_needed() -> Status {
    Status::Unauthorized
}

#[get("/teapot")]
fn teapot() -> Status {
    Status::ImATeapot
}

#[get("/twice")]
fn twice(_user: LogtoUser) -> Status {
    Status::Unauthorized
}

#[authenticated(role = "admin")]
#[get("/redirects.jsonl?guarded", rank = 1)]
fn guarded_file() -> &'static str {
    "let in"
}

#[get("/redirects.jsonl?user", rank = 2)]
fn user_file(_user: &LogtoUser) -> &'static str {
    "let in"
}

#[get("/redirects.jsonl?claims", rank = 3)]
fn claims_file(_claims: logto_rocket::ClaimsAs<Value>) -> &'static str {
    "let in"
}

#[authenticated(role = "admin")]
#[get("/protected")]
fn protected() {}

#[get("/plain/<status>")]
fn plain(status: u16) -> Status {
    Status::new(status)
}

#[catch(401)]
fn own_401() -> &'static str {
    "own 401"
}

#[catch(403)]
fn own_403() -> &'static str {
    "own 403"
}

#[catch(503)]
fn own_503() -> &'static str {
    "own 503"
}

#[catch(default)]
fn own_default(status: Status, _: &Request<'_>) -> String {
    format!("own {} by default", status.code)
}

#[catch(default)]
fn api_default(status: Status, _: &Request<'_>) -> String {
    format!("api {}", status.code)
}

#[rocket::async_test]
async fn a_catcher_that_a_later_fairing_registers_takes_the_place_of_ours() {
    #[catch(403)]
    fn own() -> &'static str {
        "of the application"
    }
    let idp = Idp::start().await.unwrap();
    let later =
        AdHoc::on_ignite("Catchers", |rocket| async move { rocket.register("/", catchers![own]) });
    let rocket = rocket(Logto::fairing().config(config_for(&idp))).attach(later);
    let client = Client::untracked(rocket).await.expect("a launch");
    let mut bob = Browser::new(&client);
    bob.sign_in(&idp, "bob", "/").await;
    let answer = bob.open("/admin").await;
    assert_eq!((answer.status, &*answer.body), (Status::Forbidden, "of the application"));
}
