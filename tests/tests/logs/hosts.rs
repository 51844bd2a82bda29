//! What the launch logs of a site below a path or at several hosts, and of requests for another one.

use log::Level;
use logto_rocket::{Config, Logto, authenticated, requires, resource};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::log::Log;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Request, catch, catchers, get, routes};

#[catch(401)]
fn own_unauthorized(_: &Request<'_>) {}

/// The usual configuration, at another place.
async fn launched(config: Config, catchers_at: &'static str) -> Client {
    let config = config.endpoint("http://127.0.0.1:9").app_id("an_app").app_secret("hush-hush");
    let rocket = rocket::custom(figment()).attach(Logto::fairing().config(config));
    let rocket = rocket.register(catchers_at, catchers![own_unauthorized]);
    Client::untracked(rocket).await.expect("a launch")
}

#[rocket::async_test]
async fn the_launch_says_what_to_register_below_a_path_and_where_the_routes_are() {
    for (mode, mounted) in [("keep", "/app/auth"), ("strip", "/auth")] {
        let log = Log::alone().await;
        let config = Config::new().base_url("https://example.com/app").proxy_prefix(mode);
        let _client = launched(config, "/app").await;
        let logged = log.launch().join("\n");
        for part in [
            "\nredirect URI to register: https://example.com/app/auth/sign-in-callback\n",
            "\npost sign-out redirect URI to register: https://example.com/app/auth/sign-out-callback\n",
            "\nback-channel logout URI to register: https://example.com/app/auth/backchannel-logout\n",
            &format!(
                "(`proxy_prefix = \"{mode}\"`): the routes of this crate are mounted at {mounted}"
            ),
        ] {
            assert!(logged.contains(part), "{part} is not in\n{logged}");
        }
        let own = "its own catcher for 401 at `/app`";
        assert_eq!(logged.contains(own), mode == "keep", "{logged}");
        drop(log);
    }
}

#[rocket::async_test]
async fn the_launch_lists_the_uris_of_each_host() {
    let log = Log::alone().await;
    let config = Config::new().base_urls(["https://a.example", "https://b.example:8443"]);
    let _client = launched(config, "/x").await;
    let logged = log.launch().join("\n");
    for origin in ["https://a.example", "https://b.example:8443"] {
        for part in [
            format!("\nredirect URI to register: {origin}/auth/sign-in-callback\n"),
            format!("\npost sign-out redirect URI to register: {origin}/auth/sign-out-callback\n"),
        ] {
            assert!(logged.contains(&part), "{part} is not in\n{logged}");
        }
    }
    assert_eq!(logged.matches("back-channel logout URI").count(), 1, "Logto takes one: {logged}");
    assert!(logged.contains("the `Host` of a request selects"), "{logged}");
    assert!(!logged.contains("proxy_prefix"), "{logged}");
}

#[authenticated]
#[get("/orders/<_id>")]
fn order(_id: u32) {}

#[authenticated(bearer, resource = Orders)]
#[get("/api/orders")]
fn for_programs() {}

#[get("/files")]
fn files() {}

resource!(Orders = "https://api.example.com/orders");

/// What a launch with the routes at this place warns about.
async fn warned(mode: &'static str, at: &'static str) -> String {
    let log = Log::alone().await;
    let config = Config::new().base_url("https://shop.example.com/shop").proxy_prefix(mode);
    let config = config.endpoint("http://127.0.0.1:9").app_id("an_app").app_secret("hush-hush");
    let rocket = rocket::custom(figment()).attach(Logto::fairing().config(config));
    let rocket =
        rocket.mount(at, routes![order, for_programs]).mount(at, requires!().guard(routes![files]));
    drop(Client::untracked(rocket).await.expect("a launch"));
    log.ours()
}

#[rocket::async_test]
async fn routes_that_browsers_cannot_return_to_are_warned_about_with_the_cure() {
    let warning = warned("keep", "/").await;
    for part in [
        "GET /orders/<_id>",
        "GET /files",
        "outside `/shop`, the path of `base_url` (from Config in code)",
        "mount such routes below `/shop`",
        "`proxy_prefix = \"strip\"`",
    ] {
        assert!(warning.contains(part), "{part} is not in\n{warning}");
    }
    assert!(!warning.contains("GET /api/orders"), "programs do not return: {warning}");
    for (mode, at) in [("keep", "/shop"), ("keep", "/shop/x"), ("strip", "/")] {
        assert_eq!(warned(mode, at).await, "", "{mode} {at}");
    }
}

/// The warnings of a server with this address in this profile.
async fn warned_of_address(base_url: &'static str, profile: &'static str) -> Vec<String> {
    let log = Log::alone().await;
    let figment = || figment().select(profile).merge(("logto.diagnose", false));
    let config = Config::new().base_url(base_url).endpoint("http://127.0.0.1:9");
    let config = config.app_id("an_app").app_secret("hush-hush");
    let site = || rocket::custom(figment()).attach(Logto::fairing().config(config.clone()));
    drop(Client::untracked(site()).await.expect("a launch"));
    assert_eq!(log.ours(), "", "a test is quiet");
    Server::launch_with(site(), figment(), free_port()).await.stop().await;
    let lines = log.lines().into_iter().filter(|line| line.is_ours() && line.level == Level::Warn);
    lines.map(|line| line.text).collect()
}

#[rocket::async_test]
async fn a_server_at_an_address_of_a_manual_is_warned_about_outside_the_debug_profile() {
    let cause =
        "logto.base_url (from Config in code) has a host that is reserved for documentation";
    for host in ["example.com", "shop.example.org", "shop.example"] {
        let base_url: &'static str = format!("https://{host}").leak();
        let warnings = warned_of_address(base_url, "release").await;
        let is_right = |it: &String| it.starts_with(cause) && it.contains("that browsers see");
        assert_eq!(warnings.iter().filter(|it| is_right(it)).count(), 1, "{host}: {warnings:?}");
    }
    for (base_url, profile) in [
        ("https://example.com", "debug"),
        ("https://shop.test", "release"),
        ("https://anexample.com", "release"),
    ] {
        let warnings = warned_of_address(base_url, profile).await;
        assert!(!warnings.iter().any(|it| it.contains("documentation")), "{warnings:?}");
    }
}

#[rocket::async_test]
async fn a_refused_host_is_logged_once_with_the_cause() {
    let log = Log::alone().await;
    let config = Config::new().base_urls(["https://a.example", "https://b.example"]);
    let client = launched(config, "/x").await;
    for host in ["127.0.0.1:8000", "other.example"] {
        let mut browser = Browser::new(&client);
        browser.headers.push(("Host".into(), host.into()));
        assert_eq!(browser.open("/auth/sign-in").await.status, Status::BadRequest);
    }
    let logged = log.ours();
    assert_eq!(logged.matches("which is none of `logto.base_urls`").count(), 1, "{logged}");
    for part in ["`127.0.0.1:8000`", "(from Config in code)", "proxy_set_header Host $host"] {
        assert!(logged.contains(part), "{part} is not in\n{logged}");
    }
}
