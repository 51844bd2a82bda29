//! `max_age` with a real browser, at the test provider and at a real one.

use logto_rocket::testing::{Idp, Tamper};
use logto_rocket::{Config, Logto, authenticated};
use logto_rocket_tests::app::{config_for, figment, rocket};
use logto_rocket_tests::node::{
    Browser, CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions, free_port,
};
use rocket::fairing::AdHoc;
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::spawn_blocking;
use rocket::{get, routes};

#[authenticated(max_age = "15m")]
#[get("/vault")]
fn vault() -> &'static str {
    "the gold"
}

/// Walks through the usual application, which listens where the browser can reach it.
async fn walk(port: u16, config: Config, step_up: &'static str) {
    let Some(browser) = Browser::find() else { return };
    let origin = origin(port);
    let config = config.base_url(&origin);
    let (listens, listening) = oneshot::channel();
    let ready = AdHoc::on_liftoff("ready", move |_| {
        Box::pin(async move {
            let _ = listens.send(());
        })
    });
    let rocket = rocket(Logto::fairing().config(config)).mount("/", routes![vault]).attach(ready);
    let rocket = rocket.configure(figment().merge(("port", port)).merge(("cli_colors", false)));
    let rocket = rocket.ignite().await.expect("a launch");
    let shutdown = rocket.shutdown();
    let served = rocket::tokio::spawn(rocket.launch());
    listening.await.expect("it listens");
    let walked = spawn_blocking(move || {
        browser.run("step_up.mjs", &[("APP", &origin), ("STEP_UP", step_up)])
    });
    if let Err(report) = walked.await.expect("no panic") {
        panic!("{report}");
    }
    shutdown.notify();
    served.await.expect("no panic").expect("it served");
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn engine(port: u16, step_up: bool) -> Option<(Provider, Config)> {
    let options = ProviderOptions { base_url: origin(port), step_up, ..ProviderOptions::default() };
    let provider = Provider::start(&options)?;
    let config = Config::new().endpoint(provider.origin());
    Some((provider, config.app_id(CLIENT_ID).app_secret(CLIENT_SECRET)))
}

#[rocket::async_test]
async fn people_sign_in_afresh_at_the_test_provider() {
    let idp = Idp::start().await.unwrap();
    walk(free_port(), config_for(&idp), "honoured").await;
}

#[rocket::async_test]
async fn people_sign_in_afresh_at_a_real_provider() {
    let port = free_port();
    let Some((_provider, config)) = engine(port, true) else { return };
    walk(port, config, "honoured").await;
}

#[rocket::async_test]
async fn nobody_runs_in_circles_at_the_test_provider() {
    let idp = Idp::start().await.unwrap();
    idp.tamper(Tamper::remove_claim("auth_time"));
    walk(free_port(), config_for(&idp), "ignored").await;
}

#[rocket::async_test]
async fn nobody_runs_in_circles_at_a_real_provider() {
    let port = free_port();
    let Some((_provider, config)) = engine(port, false) else { return };
    walk(port, config, "ignored").await;
}
