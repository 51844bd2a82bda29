//! What an API needs to launch, and what is a mistake there.

use logto_rocket::{AccessToken, ClaimsAs, Config, Logto, LogtoUser, authenticated, requires};
use logto_rocket_tests::app::{config_for, figment};
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::fs::FileServer;
use rocket::local::asynchronous::Client;
use rocket::serde::Deserialize;
use rocket::{Build, Rocket, get, routes};

use super::{Orders, api, fairing};

#[derive(Deserialize)]
#[serde(crate = "rocket::serde")]
struct Anything {}

#[get("/user")]
fn user(_user: LogtoUser) {}

#[get("/option")]
fn option(_user: Option<LogtoUser>) {}

#[get("/claims")]
fn claims(_claims: ClaimsAs<Anything>) {}

#[get("/token")]
fn token(_token: AccessToken<Orders>) {}

#[authenticated]
#[get("/required")]
fn required() {}

#[authenticated(session, bearer, resource = Orders)]
#[get("/either")]
fn either() {}

async fn launches(rocket: Rocket<Build>) -> bool {
    // An error of Rocket's that nobody has looked at panics.
    Client::untracked(rocket)
        .await
        .inspect_err(|error| {
            error.kind();
        })
        .is_ok()
}

#[rocket::async_test]
async fn an_api_needs_the_endpoint_or_the_issuer_alone() {
    let launched = |config: Config| async {
        let fairing = Logto::resource_server().config(config);
        launches(rocket::custom(figment()).attach(fairing).mount("/", api())).await
    };
    assert!(launched(Config::new().endpoint("https://id.example.com")).await);
    assert!(launched(Config::new().issuer("https://id.example.com/oidc")).await);
    assert!(!launched(Config::new()).await);
    assert!(!launched(Config::new().endpoint("ftp://id.example.com")).await);
}

#[rocket::async_test]
async fn outside_the_debug_profile_an_api_needs_no_secret_key_either() {
    let release = Figment::from(rocket::Config::release_default()).merge(("log_level", "off"));
    let release = || rocket::custom(release.clone().select("release")).mount("/", api());
    assert!(launches(release().attach(fairing())).await);
    let wrong = ("secret_key", "no key");
    let wrong = release().configure(release().figment().clone().merge(wrong)).attach(fairing());
    assert!(!launches(wrong).await);
}

#[rocket::async_test]
async fn a_guard_for_sessions_fails_the_launch_of_a_pure_api() {
    let with = |routes| launches(rocket::custom(figment()).attach(fairing()).mount("/", routes));
    assert!(with(routes![super::me]).await);
    assert!(with(requires!(bearer, resource = Orders).guard(routes![super::health])).await);
    for routes in [
        routes![user],
        routes![option],
        routes![claims],
        routes![token],
        routes![required],
        routes![either],
        requires!().guard(routes![super::health]),
        requires!(role = "staff").guard(FileServer::from(env!("CARGO_MANIFEST_DIR"))),
        requires!(session, bearer, resource = Orders).guard(routes![super::health]),
        requires!(role = "staff")
            .guard(requires!(bearer, resource = Orders).guard(routes![super::health])),
    ] {
        assert!(!with(routes.clone()).await, "{routes:?}");
    }
}

#[rocket::async_test]
async fn a_value_for_sessions_fails_the_launch_of_a_pure_api_whichever_fairing_mounts_the_route() {
    let mount = || {
        AdHoc::on_ignite("files", |rocket| async {
            rocket.mount("/", requires!(role = "staff").guard(routes![super::health]))
        })
    };
    let rocket = || rocket::custom(figment());
    assert!(!launches(rocket().attach(fairing()).attach(mount())).await);
    assert!(!launches(rocket().attach(mount()).attach(fairing())).await);
}

#[rocket::async_test]
async fn an_api_needs_one_fairing_and_not_two() {
    let rocket = || rocket::custom(figment()).mount("/", api());
    assert!(!launches(rocket()).await);
    assert!(!launches(rocket().attach(fairing()).attach(fairing())).await);
    let idp = logto_rocket::testing::Idp::builder().start().await.expect("a provider");
    let both = || Logto::fairing().config(config_for(&idp));
    assert!(launches(rocket().attach(both())).await);
    assert!(!launches(rocket().attach(both()).attach(fairing())).await);
    assert!(!launches(rocket().attach(fairing()).attach(both())).await);
}

#[rocket::async_test]
async fn a_pure_api_mounts_no_sign_in_and_reads_no_cookie() {
    let client = Client::untracked(rocket::custom(figment()).attach(fairing()).mount("/", api()));
    let client = client.await.expect("a launch");
    for path in ["/auth/sign-in", "/auth/sign-out", "/auth/sign-in-callback", "/auth/user"] {
        assert_eq!(client.get(path).dispatch().await.status().code, 404, "{path}");
    }
}
