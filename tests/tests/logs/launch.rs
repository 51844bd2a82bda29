//! What the launch refuses, in which words, and what it logs when it succeeds.

use std::path::PathBuf;

use logto_rocket::{
    AccessToken, ClaimsAs, Config, Logto, LogtoUser, Refusal, RoutesConfig, SessionConfig,
    authenticated, requires, resource,
};
use logto_rocket_tests::app::{ORIGIN, SECRET_KEY, figment};
use logto_rocket_tests::log::{Line, Log};
use logto_rocket_tests::server::{Server, free_port};
use rocket::error::ErrorKind;
use rocket::figment::Figment;
use rocket::fs::{FileServer, Options};
use rocket::http::SameSite;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route, get, routes};
use serde_json::Value;

const APP_SECRET: &str = "an-app-secret-that-is-never-logged";

#[rocket::async_test]
async fn all_errors_of_the_configuration_are_logged_at_once_with_their_source_and_remedy() {
    let log = Log::alone().await;
    let figment = figment()
        .merge(("logto.endpoint", "http://logto.example"))
        .merge(("logto.app_id", ""))
        .merge(("logto.base_url", "http://example.com/app"))
        .merge(("logto.after_sign_in", "//evil.example"))
        .merge(("logto.session.max_lifetime", "a week or two"))
        .merge(("logto.scope", ["email"]));
    assert_eq!(launch(attached(figment, Config::new())).await, Err(ErrorName::FailedFairings));
    let logged = log.ours();
    for key in
        ["endpoint", "app_id", "app_secret", "base_url", "after_sign_in", "session.max_lifetime"]
    {
        assert!(logged.contains(&format!("\n  logto.{key}")), "{key}: {logged}");
    }
    assert!(logged.contains("scopes"), "the unknown key `scope` is near `scopes`: {logged}");
    assert!(logged.matches("help: ").count() >= 7, "{logged}");
    assert_eq!(logged.matches("The configuration of Logto has ").count(), 1, "{logged}");
}

#[rocket::async_test]
async fn a_second_fairing_is_refused() {
    let log = Log::alone().await;
    let twice = attached(figment(), config()).attach(Logto::fairing().config(config()));
    assert_eq!(launch(twice).await, Err(ErrorName::FailedFairings));
    assert!(log.ours().contains("Two fairings of Logto are attached"), "{}", log.ours());
}

#[rocket::async_test]
async fn outside_the_debug_profile_the_address_and_the_key_must_be_given() {
    let log = Log::alone().await;
    let release = || {
        Figment::from(rocket::Config::release_default())
            .merge(("log_level", "off"))
            .select(rocket::Config::RELEASE_PROFILE)
    };
    let key = ("secret_key", SECRET_KEY);
    let bare =
        || Config::new().endpoint("https://logto.example").app_id("an_app").app_secret(APP_SECRET);
    for (what, figment, config) in [
        ("base_url", release().merge(key), bare()),
        ("secret_key", release(), bare().base_url("https://app.example")),
    ] {
        let from = log.ours().len();
        assert!(launch(attached(figment, config)).await.is_err(), "{what}");
        assert!(log.ours().split_off(from).contains(what), "{what}: {}", log.ours());
    }
    let whole = bare().base_url("https://app.example");
    let launched = launch(attached(release().merge(key), whole)).await;
    assert_eq!(launched, Ok(()), "{}", log.ours());
    // In the debug profile neither is needed.
    let debug = Figment::from(rocket::Config::debug_default()).merge(("log_level", "off"));
    let from = log.ours().len();
    assert_eq!(launch(attached(debug, bare())).await, Ok(()), "{}", log.ours());
    assert!(!log.ours().split_off(from).contains("secret_key"), "{}", log.ours());
}

#[rocket::async_test]
async fn without_the_fairing_no_route_with_a_guard_launches() {
    let log = Log::alone().await;
    for (guard, routes) in [
        ("LogtoUser", routes![owned]),
        ("&LogtoUser", routes![borrowed]),
        ("Option<LogtoUser>", routes![optional]),
        ("Option<&LogtoUser>", routes![optional_borrowed]),
        ("Result<LogtoUser, Refusal>", routes![resulting]),
        ("ClaimsAs", routes![claims]),
        ("AccessToken", routes![token]),
        ("Option<AccessToken>", routes![optional_token]),
        ("&Logto", routes![client]),
        ("#[authenticated]", routes![protected]),
    ] {
        let from = log.ours().len();
        let rocket = |routes: Vec<Route>| rocket::custom(figment()).mount("/", routes);
        let failed = launch(rocket(routes.clone())).await;
        assert_eq!(failed, Err(ErrorName::SentinelAborts), "{guard}");
        let logged = log.ours().split_off(from);
        assert!(logged.contains("rocket::build().attach(Logto::fairing())"), "{guard}: {logged}");
        let attached = rocket(routes).attach(Logto::fairing().config(config()));
        assert_eq!(launch(attached).await, Ok(()), "{guard}");
    }
}

#[rocket::async_test]
async fn the_launch_logs_what_to_register_and_what_is_protected_and_no_secret() {
    let log = Log::alone().await;
    let site = attached(figment(), config().app_secret(APP_SECRET));
    let site = site.mount("/", routes![protected, token, optional_token]);
    let _client = Client::untracked(site).await.expect("a launch");
    let logged = log.launch().join("\n");
    for part in [
        "issuer: http://127.0.0.1:9/oidc",
        "application: an_app (from Config in code)",
        "redirect URI to register: http://localhost:8000/auth/sign-in-callback",
        "post sign-out redirect URI to register: http://localhost:8000/auth/sign-out-callback",
        "back-channel logout URI to register: http://localhost:8000/auth/backchannel-logout",
        "sessions: in cookies, for at most 14 days; claims are confirmed when they are 1 hour old",
        "keys that encrypt them: 1 (from ",
        "/protected: role = \"admin\"",
        "openid",
        "resources: https://api.example.test/orders",
    ] {
        assert!(logged.contains(part), "{part} is not in\n{logged}");
    }
    for line in log.lines() {
        for secret in [APP_SECRET, SECRET_KEY] {
            assert!(!line.text.contains(secret), "{line:?}");
        }
    }
}

#[rocket::async_test]
async fn the_launch_of_a_test_client_is_quiet_and_that_of_a_server_is_not() {
    let log = Log::alone().await;
    let printed = |log: &Log| {
        let mut lines = log.lines().into_iter().filter(Line::is_of_a_launch);
        lines.any(|line| line.level < log::Level::Debug && line.text == "Logto:")
    };
    let port = free_port();
    let site = || attached(figment().merge(("port", port)), config());
    let _client = Client::untracked(site()).await.expect("a launch");
    assert!(!printed(&log), "{:#?}", log.launch());
    let server = Server::launch(site(), port).await;
    assert!(printed(&log), "{:#?}", log.launch());
    server.stop().await;
}

#[rocket::async_test]
async fn the_launch_says_what_to_register_by_the_names_of_the_routes() {
    let log = Log::alone().await;
    let names = RoutesConfig::new()
        .sign_in_callback("back")
        .sign_out_callback("left")
        .without_backchannel_logout();
    let site = attached(figment(), config().app_secret(APP_SECRET).routes(names));
    let _client = Client::untracked(site).await.expect("a launch");
    let logged = log.launch();
    let uris: Vec<_> = logged.iter().filter(|line| line.contains("to register: ")).collect();
    assert_eq!(
        uris,
        [
            "redirect URI to register: http://localhost:8000/auth/back",
            "post sign-out redirect URI to register: http://localhost:8000/auth/left",
        ]
    );
}

/// Rocket with TLS of its own. A test client does not listen, so the certificate is not read.
fn with_tls() -> Figment {
    let tls = rocket::figment::util::map!["certs" => vec![1_u8], "key" => vec![1_u8]];
    figment().merge(("tls", tls))
}

#[rocket::async_test]
async fn with_rockets_own_tls_the_usual_address_is_https() {
    let log = Log::alone().await;
    let without_address =
        Config::new().endpoint("http://127.0.0.1:9").app_id("an_app").app_secret(APP_SECRET);
    let cookie = SessionConfig::new().cookie("__Host-mine").same_site(SameSite::None);
    let site = attached(with_tls(), without_address.session(cookie));
    let client = Client::untracked(site).await.expect("a launch");
    let uri = "redirect URI to register: https://localhost:8000/auth/sign-in-callback";
    assert!(log.lines().iter().any(|line| line.text == uri), "{:#?}", log.lines());
    assert_eq!(log.ours(), "", "nothing is warned about");
    drop(client);
}

#[rocket::async_test]
async fn plain_http_of_this_machine_beside_rockets_own_tls_is_warned_about() {
    let log = Log::alone().await;
    let client = Client::untracked(attached(with_tls(), config())).await.expect("a launch");
    let logged = log.ours();
    for part in [
        "logto.base_url = \"http://localhost:8000\"",
        "Config in code",
        "has TLS",
        "`https://localhost:8000`",
    ] {
        assert!(logged.contains(part), "{part} is not in {logged}");
    }
    drop(client);
}

mod first {
    #[logto_rocket::authenticated(role = "first")]
    #[rocket::get("/page")]
    pub(super) fn page() {}
}

mod second {
    #[logto_rocket::authenticated(role = "second")]
    #[rocket::post("/page")]
    pub(super) fn page() {}
}

#[rocket::async_test]
async fn the_launch_names_two_handlers_of_one_name_apart_and_lists_each_route() {
    let log = Log::alone().await;
    let site = attached(figment(), config())
        .mount("/a", routes![first::page, second::page])
        .mount("/b", routes![second::page]);
    let _client = Client::untracked(site).await.expect("a launch");
    let logged = log.lines();
    for line in ["GET /a/page: role = \"first\"", "POST /a/page, POST /b/page: role = \"second\""] {
        assert!(logged.iter().any(|logged| logged.text == line), "{line} is not in {logged:?}");
    }
}

#[rocket::async_test]
async fn the_launch_lists_dynamic_routes_by_their_address() {
    #[authenticated(role = "clerk")]
    #[get("/orders/<_id>/<_rest..>?<_page>&open")]
    fn order(_id: u32, _rest: PathBuf, _page: Option<u32>) {}

    #[authenticated(organization = "<_org>")]
    #[get("/organizations/<_org>")]
    fn organization(_org: &str) {}

    let log = Log::alone().await;
    let site = attached(figment(), config()).mount("/shop", routes![order, organization]);
    let _client = Client::untracked(site).await.expect("a launch");
    let logged = log.lines();
    for line in [
        "GET /shop/orders/<_id>/<_rest..>?<_page>&open: role = \"clerk\"",
        "GET /shop/organizations/<_org>: organization = \"<_org>\"",
    ] {
        assert!(logged.iter().any(|logged| logged.text == line), "{line} is not in {logged:#?}");
    }
}

#[rocket::async_test]
async fn the_launch_lists_routes_that_a_requirement_as_a_value_guards() {
    let log = Log::alone().await;
    let files = FileServer::new(env!("CARGO_MANIFEST_DIR"), Options::None);
    let site = attached(figment(), config())
        .mount("/files", requires!(any(role = "staff", role = "admin")).guard(files))
        .mount("/api", requires!().guard(routes![open]))
        .mount("/both", requires!(role = "staff").guard(routes![protected]));
    let _client = Client::untracked(site).await.expect("a launch");
    let logged = log.lines();
    for line in [
        "GET /files/<path..>: any(role = \"staff\", role = \"admin\")",
        "GET /api/open/<_id>: signed in",
        "GET /both/protected: role = \"staff\"",
        "GET /both/protected: role = \"admin\"",
    ] {
        assert!(logged.iter().any(|logged| logged.text == line), "{line} is not in {logged:#?}");
    }
}

/// Rocket does not say which routes have a guard as a parameter, only that there are some.
#[rocket::async_test]
async fn the_launch_says_which_parameters_of_handlers_protect_their_routes() {
    let log = Log::alone().await;
    let lines = |log: &Log| -> Vec<String> {
        let lines = log.lines().into_iter().map(|line| line.text);
        lines.filter(|line| line.starts_with("each route with")).collect()
    };
    let site = attached(figment(), config()).mount("/", routes![open, client]);
    drop(Client::untracked(site).await.expect("a launch"));
    assert_eq!(lines(&log), Vec::<String>::new());
    let site = attached(figment(), config()).mount("/", routes![owned, claims, token]);
    drop(Client::untracked(site).await.expect("a launch"));
    assert_eq!(
        lines(&log),
        [
            "each route with the parameter `AccessToken` for https://api.example.test/orders: \
             signed in",
            "each route with the parameter `ClaimsAs`: signed in",
            "each route with the parameter `LogtoUser`: signed in",
        ]
    );
}

resource!(Orders = "https://api.example.test/orders");

#[get("/open/<_id>")]
fn open(_id: u32) {}

#[get("/token")]
fn token(_token: AccessToken<Orders>) {}

#[get("/optional-token")]
fn optional_token(_token: Option<AccessToken<Orders>>) {}

#[get("/owned")]
fn owned(_user: LogtoUser) {}

#[get("/borrowed")]
fn borrowed(_user: &LogtoUser) {}

#[get("/optional")]
fn optional(_user: Option<LogtoUser>) {}

#[get("/optional-borrowed")]
fn optional_borrowed(_user: Option<&LogtoUser>) {}

#[get("/resulting")]
fn resulting(_user: Result<LogtoUser, Refusal>) {}

#[get("/claims")]
fn claims(_claims: ClaimsAs<Value>) {}

#[get("/client")]
fn client(_logto: &Logto) {}

#[authenticated(role = "admin")]
#[get("/protected")]
fn protected() {}

/// Why a launch failed, by its name.
#[derive(Debug, PartialEq, Eq)]
enum ErrorName {
    FailedFairings,
    SentinelAborts,
    Other(String),
}

async fn launch(rocket: Rocket<Build>) -> Result<(), ErrorName> {
    match Client::untracked(rocket).await {
        Ok(_) => Ok(()),
        Err(error) => Err(match error.kind() {
            ErrorKind::FailedFairings(_) => ErrorName::FailedFairings,
            ErrorKind::SentinelAborts(_) => ErrorName::SentinelAborts,
            other => ErrorName::Other(other.to_string()),
        }),
    }
}

fn attached(figment: Figment, config: Config) -> Rocket<Build> {
    rocket::custom(figment).attach(Logto::fairing().config(config))
}

/// A configuration without mistakes, of a Logto that is not there.
fn config() -> Config {
    Config::new()
        .endpoint("http://127.0.0.1:9")
        .app_id("an_app")
        .app_secret(APP_SECRET)
        .base_url(ORIGIN)
}
