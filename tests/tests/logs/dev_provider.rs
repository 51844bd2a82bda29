//! What the launch says of a provider for development.

use logto_rocket::testing::Idp;
use logto_rocket::{Bearer, Config, Logto, authenticated, requires, resource};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::log::Log;
use rocket::fs::FileServer;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, routes};

resource!(
    /// The API of these tests.
    Orders = "https://api.example.com/orders"
);

#[authenticated(bearer, resource = Orders, max_age = "5m")]
#[get("/fresh")]
fn fresh() {}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders/<_id>")]
fn order(_id: u32, _caller: Bearer<Orders>) {}

#[authenticated(bearer, resource = Orders, scope = "audit:orders")]
#[get("/all")]
fn all() {}

#[rocket::async_test]
async fn the_launch_says_who_gets_in_and_that_it_is_for_development() {
    let log = Log::alone().await;
    let said = said(&log, rocket::custom(figment()).attach(Logto::fairing().dev_provider())).await;
    for words in ["for development", "http://127.0.0.1:", "alice", "bob", "dev-machine-secret"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("curl"), "no program can get in here: {said}");
}

#[rocket::async_test]
async fn the_launch_of_an_api_says_how_a_program_gets_in_where_a_token_is_enough() {
    let log = Log::alone().await;
    let api = rocket::custom(figment()).attach(Logto::resource_server().dev_provider());
    let said = said(&log, api.mount("/v1", routes![fresh, order, all])).await;
    for words in [
        "-d 'resource=https://api.example.com/orders' -d 'scope=audit:orders read:orders' http://",
        "curl -H \"Authorization: Bearer $token\" http://127.0.0.1:8000/v1/all",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[rocket::async_test]
async fn the_launch_says_how_a_program_gets_to_routes_that_a_value_guards() {
    let log = Log::alone().await;
    let api = || rocket::custom(figment()).attach(Logto::resource_server().dev_provider());
    let files = || FileServer::from(env!("CARGO_MANIFEST_DIR"));
    let guarded = requires!(bearer, resource = Orders, scope = "read:f").guard(files());
    let said_of_files = said(&log, api().mount("/f", guarded)).await;
    for words in [
        "-d 'resource=https://api.example.com/orders' -d 'scope=read:f' http://",
        "curl -H \"Authorization: Bearer $token\" http://127.0.0.1:8000/f/",
    ] {
        assert!(said_of_files.contains(words), "{words}: {said_of_files}");
    }
    let from = log.lines().len();
    let fresh = requires!(bearer, resource = Orders, max_age = "5m").guard(files());
    let of_organization =
        requires!(bearer, resource = Orders, organization = "org_1").guard(files());
    let _launched = said(&log, api().mount("/a", fresh).mount("/b", of_organization)).await;
    let lines = log.lines().split_off(from);
    assert!(!lines.iter().any(|line| line.text.contains("curl")), "{lines:?}");
}

#[rocket::async_test]
async fn a_provider_that_a_test_gives_lets_none_start_for_development_and_says_nothing() {
    let log = Log::alone().await;
    let idp = Idp::start().await.expect("a provider");
    let site = rocket::custom(figment()).attach(Logto::fairing().provider(&idp).dev_provider());
    let said_of_site = said(&log, site).await;
    assert!(said_of_site.contains(&idp.issuer()), "{said_of_site}");
    assert!(!said_of_site.contains("for development"), "{said_of_site}");
    let api = Logto::resource_server().provider(&idp).dev_provider();
    let said_of_api = said(&log, rocket::custom(figment()).attach(api)).await;
    assert!(!said_of_api.contains("for development"), "{said_of_api}");
}

#[rocket::async_test]
async fn the_launch_says_that_credentials_without_an_endpoint_are_not_used() {
    let log = Log::alone().await;
    let config = Config::new().app_id("an-app").app_secret("hush-hush");
    let fairing = Logto::fairing().config(config).dev_provider();
    let said = said(&log, rocket::custom(figment()).attach(fairing)).await;
    let words = "logto.app_id (from Config in code) and logto.app_secret (from Config in code) are not used";
    assert!(said.contains(words) && said.contains("set `logto.endpoint`"), "{said}");
    assert!(!said.contains("hush-hush"), "{said}");
}

/// What a launch logs.
async fn said(log: &Log, rocket: Rocket<Build>) -> String {
    let _launched = Client::untracked(rocket).await.expect("a launch");
    log.lines().into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}
