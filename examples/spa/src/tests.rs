//! The routes, as the page's script calls them, and the page in a browser.

use logto_rocket::testing::Idp;
use logto_rocket::{Config, Logto};
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::wait::within;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::serde::json::{Value, from_str};
use rocket::tokio::io::{AsyncBufReadExt, BufReader};
use rocket::tokio::task::spawn_blocking;
use rocket::{Build, Rocket};

const ORIGIN: &str = "http://localhost:8000";

/// The site, which signs its users in at this provider.
fn site(idp: &Idp, origin: &str) -> Rocket<Build> {
    let config = Config::new().base_url(origin).scopes(["roles"]);
    crate::site(Logto::fairing().config(config).provider(idp))
}

async fn start(idp: &Idp) -> Client {
    let site = site(idp, ORIGIN);
    let quiet = site.figment().clone().merge(("log_level", "off"));
    Client::untracked(site.configure(quiet)).await.expect("a launch")
}

/// Sends what `fetch` sends from the page `/?item=Assam`.
async fn fetch(browser: &mut Browser<'_>, method: Method, path: &str, body: &str) -> Answer {
    let page = format!("{ORIGIN}/?item=Assam");
    let headers = [
        ("Accept", "*/*"),
        ("Origin", ORIGIN),
        ("Referer", page.as_str()),
        ("Content-Type", "application/json"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
    ];
    browser.request(method, path, &headers, body).await
}

#[rocket::async_test]
async fn nobody_gets_a_problem_document_whose_sign_in_returns_to_the_page() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut nobody = Browser::new(&client);
    for (method, path) in [
        (Method::Get, "/api/orders"),
        (Method::Post, "/api/orders"),
        (Method::Delete, "/api/orders"),
        (Method::Get, "/api/events"),
        (Method::Get, "/api/profile"),
    ] {
        let refused = fetch(&mut nobody, method, path, "\"Assam\"").await;
        assert_eq!(refused.status, Status::Unauthorized, "{method} {path}");
        let problem = refused.problem();
        assert_eq!(problem["type"], "urn:logto-rocket:not_signed_in");
        assert_eq!(problem["detail"], "You must be signed in for this.");
        assert_eq!(problem["sign_in"], "/auth/sign-in?return_to=%2F%3Fitem%3DAssam");
    }
    assert_eq!(nobody.open("/").await.status, Status::Ok);
}

#[rocket::async_test]
async fn who_may_not_gets_a_problem_document_without_a_sign_in() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut bob = Browser::new(&client);
    bob.sign_in(&idp, "bob", "/").await;
    let refused = fetch(&mut bob, Method::Delete, "/api/orders", "").await;
    assert_eq!(refused.status, Status::Forbidden);
    let problem = refused.problem();
    assert_eq!(problem["type"], "urn:logto-rocket:denied");
    assert_eq!(problem["sign_in"], Value::Null);
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/").await;
    let cleared = fetch(&mut alice, Method::Delete, "/api/orders", "").await;
    assert_eq!(cleared.status, Status::NoContent);
}

#[rocket::async_test]
async fn orders_come_by_the_stream_until_the_session_ends() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut alice = Browser::new(&client);
    alice.sign_in(&idp, "alice", "/").await;
    let mut bob = Browser::new(&client);
    bob.sign_in(&idp, "bob", "/").await;
    let cookies = alice.cookies.iter().map(|(name, value)| (name.clone(), value.clone()));
    fetch(&mut bob, Method::Post, "/api/orders", "\"Darjeeling\"").await;
    let stream = client.get("/api/events").cookies(cookies).dispatch().await;
    assert_eq!(stream.status(), Status::Ok);
    let mut lines = BufReader::new(stream).lines();
    let placed = fetch(&mut bob, Method::Post, "/api/orders", "\"Assam\"").await;
    assert_eq!(placed.status, Status::NoContent);
    let orders =
        [r#"data:[{"by":"bob","item":"Darjeeling"}]"#, r#"data:{"by":"bob","item":"Assam"}"#];
    let ordered = async {
        let mut data = Vec::new();
        while data.len() < orders.len() {
            let line = lines.next_line().await.expect("a line").expect("the orders before the end");
            data.extend(line.starts_with("data:").then_some(line));
        }
        data
    };
    assert_eq!(within("the orders", ordered).await, orders, "each once");
    let signed_out = fetch(&mut alice, Method::Post, "/auth/sign-out", "").await;
    let told: Value = from_str(&signed_out.body).expect("JSON");
    let next = told["location"].as_str().expect("where the browser must go");
    assert!(next.starts_with(idp.endpoint()), "{next}");
    let ended = async { while lines.next_line().await.expect("a line").is_some() {} };
    within("the end of the stream", ended).await;
    let again = fetch(&mut alice, Method::Get, "/api/events", "").await;
    assert_eq!(again.status, Status::Unauthorized);
}

#[rocket::async_test]
async fn the_page_loads_its_own_files_only() {
    let idp = Idp::start().await.expect("a provider");
    let client = start(&idp).await;
    let mut nobody = Browser::new(&client);
    let page = nobody.open("/").await;
    assert_eq!(page.all("Content-Security-Policy"), [crate::POLICY]);
    assert!(!page.body.contains("://"), "{page:?}");
    for file in ["/app.js", "/api.js", "/session.js", "/style.css"] {
        assert_eq!(nobody.open(file).await.status, Status::Ok, "{file}");
    }
}

#[test]
fn the_scripts_are_what_the_compiler_makes_of_their_sources() {
    const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/tsconfig.json");
    let Some(browser) = Chromium::find() else { return };
    if let Err(report) = browser.run_alone("typescript.mjs", &[("PROJECT", PROJECT)]) {
        panic!("{report}");
    }
}

#[rocket::async_test]
async fn people_order_tea_and_lose_nothing_when_their_session_ends() {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.expect("a provider"), free_port());
    let origin = format!("http://localhost:{port}");
    let server = Server::launch(site(&idp, &origin), port).await;
    let walked = spawn_blocking(move || browser.run("spa_example.mjs", &[("APP", &origin)]));
    if let Err(report) = walked.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}
