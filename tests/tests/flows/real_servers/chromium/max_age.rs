//! `max_age` with a real browser, at the test provider and at a real one.

use logto_rocket::testing::{Idp, Tamper};
use logto_rocket::{Config, Logto, authenticated};
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::oidc_provider::{CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions};
use logto_rocket_tests::server::{Server, free_port};
use rocket::tokio::task::spawn_blocking;
use rocket::{get, routes};

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() -> &'static str {
    "the gold"
}

/// Visits the usual application, which listens where the browser can reach it.
async fn visit(port: u16, config: Config, step_up: &'static str) {
    let Some(browser) = Chromium::find() else { return };
    let origin = origin(port);
    let fairing = Logto::fairing().config(config.base_url(&origin));
    let server = Server::launch(rocket(fairing).mount("/", routes![vault]), port).await;
    let visited = spawn_blocking(move || {
        browser.run("step_up.mjs", &[("APP", &origin), ("STEP_UP", step_up)])
    });
    if let Err(report) = visited.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn oidc_provider(port: u16, step_up: bool) -> Option<(Provider, Config)> {
    let options = ProviderOptions { base_url: origin(port), step_up, ..ProviderOptions::default() };
    let provider = Provider::start(&options)?;
    let config = Config::new().endpoint(provider.origin());
    Some((provider, config.app_id(CLIENT_ID).app_secret(CLIENT_SECRET)))
}

#[rocket::async_test]
async fn users_sign_in_afresh_at_the_test_provider() {
    let idp = Idp::start().await.unwrap();
    visit(free_port(), config_for(&idp), "honoured").await;
}

#[rocket::async_test]
async fn users_sign_in_afresh_at_a_real_provider() {
    let port = free_port();
    let Some((_provider, config)) = oidc_provider(port, true) else { return };
    visit(port, config, "honoured").await;
}

#[rocket::async_test]
async fn no_user_is_redirected_in_circles_at_the_test_provider() {
    let idp = Idp::start().await.unwrap();
    idp.tamper(Tamper::remove_claim("auth_time"));
    visit(free_port(), config_for(&idp), "ignored").await;
}

#[rocket::async_test]
async fn no_user_is_redirected_in_circles_at_a_real_provider() {
    let port = free_port();
    let Some((_provider, config)) = oidc_provider(port, false) else { return };
    visit(port, config, "ignored").await;
}
