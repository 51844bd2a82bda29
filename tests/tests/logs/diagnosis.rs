//! The diagnosis that runs by itself: when it does, and what it logs.

use logto_rocket::testing::Idp;
use logto_rocket::{Config, Logto};
use logto_rocket_tests::app::{config_without_address, figment, rocket};
use logto_rocket_tests::http;
use logto_rocket_tests::log::Log;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::wait::until;
use rocket::local::asynchronous::Client;

const TABLE: &str = "Diagnosis of the set-up of Logto";
const UNCHANGED: &str = "was good at the last start";
const NOT_LISTENING: &str = "this process does not listen";
const WRONG_SECRET: &str = "a-wrong-secret-that-is-never-logged";

#[rocket::async_test]
async fn after_the_first_request_it_logs_a_table_without_a_secret() {
    let log = Log::alone().await;
    let idp = Idp::start().await.unwrap();
    let port = free_port();
    let config = config_without_address(&idp).app_secret(WRONG_SECRET);
    let server = launch(config, port).await;
    assert_eq!(idp.requests().token(), 0, "the launch asks nothing of the sort");
    visit(port).await;
    until("a table is logged", async || log.ours().contains(TABLE)).await;
    // A second one begins nothing.
    visit(port).await;
    server.stop().await;
    let lines = log.lines();
    let tables: Vec<_> = lines.iter().filter(|it| it.text.contains(TABLE)).collect();
    let [table] = tables[..] else { panic!("{tables:?}") };
    assert_eq!(table.level, log::Level::Warn);
    let found = table.text.contains("app secret") && table.text.contains("-> copy the app secret");
    assert!(found, "{}", table.text);
    assert_eq!(idp.requests().token(), 1);
    for line in lines {
        assert!(!line.text.contains(WRONG_SECRET), "{line:?}");
    }
}

#[rocket::async_test]
async fn a_good_set_up_is_not_diagnosed_again_until_it_changes() {
    let log = Log::alone().await;
    let idp = Idp::start().await.unwrap();
    let port = free_port();
    // Each changes one thing.
    let as_it_is = config_without_address(&idp);
    let elsewhere = config_without_address(&idp).base("/login");
    let more_scopes = elsewhere.clone().scopes(["email"]);
    let pinned = more_scopes.clone().signing_algorithm("ES384");
    let wrong = pinned.clone().app_secret(WRONG_SECRET);
    let starts = [
        (as_it_is.clone(), TABLE, 1),
        (as_it_is, UNCHANGED, 1),
        (elsewhere, TABLE, 2),
        (more_scopes, TABLE, 3),
        (pinned, TABLE, 4),
        (wrong.clone(), TABLE, 5),
        // What was wrong is looked at again.
        (wrong, TABLE, 6),
    ];
    for (at, (config, words, requests)) in starts.into_iter().enumerate() {
        let from = log.lines().len();
        let server = launch(config, port).await;
        visit(port).await;
        let logged = async || log.lines()[from..].iter().any(|line| line.text.contains(words));
        until(words, logged).await;
        server.stop().await;
        assert_eq!(idp.requests().token(), requests, "at start {at}: {}", log.ours());
    }
}

#[rocket::async_test]
async fn a_good_set_up_is_diagnosed_again_where_rocket_listens_elsewhere() {
    let log = Log::alone().await;
    let idp = Idp::start().await.unwrap();
    let (port, other) = (free_port(), free_port());
    let site = format!("http://localhost:{port}");
    for (at, found) in [(port, "it leads to this process"), (other, "nothing listens there")] {
        let from = log.lines().len();
        let server = launch(config_without_address(&idp).base_url(&site), at).await;
        visit(at).await;
        let logged = async || log.lines()[from..].iter().any(|line| line.text.contains(found));
        until(found, logged).await;
        server.stop().await;
    }
}

#[rocket::async_test]
async fn a_local_client_never_begins_it() {
    let log = Log::alone().await;
    let idp = Idp::start().await.unwrap();
    let port = free_port();
    let fairing = Logto::fairing().config(config_without_address(&idp));
    let site = rocket(fairing).configure(figment().merge(("port", port)));
    let client = Client::untracked(site).await.expect("a launch");
    client.get("/").dispatch().await;
    assert!(!log.ours().contains(NOT_LISTENING), "no request has come over the network");
    // As tests have it of what they do by address.
    let remote = "192.0.2.1:50000".parse().unwrap();
    client.get("/").remote(remote).dispatch().await;
    until("it is told", async || log.ours().contains(NOT_LISTENING)).await;
    assert_eq!((idp.requests().token(), idp.requests().authorizations()), (0, 0));
    assert!(!log.ours().contains(TABLE), "{}", log.ours());
}

#[rocket::async_test]
async fn an_api_is_diagnosed_as_well() {
    let log = Log::alone().await;
    let idp = Idp::start().await.unwrap();
    let port = free_port();
    let fairing = Logto::resource_server().config(Config::new().endpoint(idp.endpoint()));
    let api = rocket::custom(figment()).attach(fairing);
    let server = Server::launch_with(api, figment(), port).await;
    visit(port).await;
    until("a table is logged", async || log.ours().contains(TABLE)).await;
    server.stop().await;
    let lines = log.lines();
    let table = lines.iter().find(|line| line.text.contains(TABLE)).unwrap();
    assert_eq!(table.level, log::Level::Info, "{}", table.text);
    assert!(table.text.contains("4 good, 0 wrong, 0 unknown"), "{}", table.text);
}

/// Launches a site whose set-up is diagnosed by itself.
async fn launch(config: Config, port: u16) -> Server {
    Server::launch_with(rocket(Logto::fairing().config(config)), figment(), port).await
}

/// A request over the network.
async fn visit(port: u16) {
    http::client().get(format!("http://127.0.0.1:{port}/")).send().await.expect("an answer");
}
