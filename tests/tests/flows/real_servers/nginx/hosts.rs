//! Two server names of one nginx, and one process behind it.

use logto_rocket::Logto;
use logto_rocket::testing::Idp;
use logto_rocket_tests::app::{config_without_address, rocket};
use logto_rocket_tests::nginx::Nginx;
use logto_rocket_tests::server::{Server, free_port};
use reqwest::header::LOCATION;

use super::Browser;

const NAMES: [&str; 2] = ["a.localhost", "b.localhost"];

/// An application behind an nginx that says this of the host.
async fn start(directive: &str) -> Option<(Idp, Nginx, Server)> {
    let port = free_port();
    let directives = format!(
        "server_name a.localhost b.localhost; location / {{ \
         proxy_pass http://127.0.0.1:{port}; {directive} }}"
    );
    let nginx = Nginx::serving(&directives).await?;
    let urls = NAMES.map(|name| format!("http://{name}:{}", nginx.port));
    let idp = urls
        .iter()
        .fold(Idp::builder(), |idp, url| idp.redirect_uri(&format!("{url}/auth/sign-in-callback")));
    let idp = idp.start().await.expect("a provider");
    let fairing = Logto::fairing().config(config_without_address(&idp).base_urls(urls));
    let server = Server::launch(rocket(fairing), port).await;
    Some((idp, nginx, server))
}

fn at(nginx: &Nginx, name: &str) -> Browser {
    let host = Some(format!("{name}:{}", nginx.port));
    Browser { host, ..Browser::at(&format!("http://127.0.0.1:{}", nginx.port)) }
}

#[rocket::async_test]
async fn each_server_name_signs_in_at_its_own_and_the_others_cookies_are_nobodys() {
    let started = start("proxy_set_header Host $http_host;").await;
    let Some((idp, nginx, server)) = started else { return };
    let mut browsers = NAMES.map(|name| at(&nginx, name));
    for (browser, name) in browsers.iter_mut().zip(NAMES) {
        let begun = browser.get("/auth/sign-in?return_to=/account").await;
        let to = begun.headers()[LOCATION].to_str().unwrap();
        let callback = idp.authorize(to, "alice").await.expect("a callback");
        let own = format!("http://{name}:{}", nginx.port);
        let done = browser.get(callback.strip_prefix(&own).expect("the same host")).await;
        assert_eq!(done.headers()[LOCATION], "/account");
        assert_eq!(browser.get("/account").await.status(), 200, "{name}");
    }
    for [one, other] in [[0, 1], [1, 0]] {
        let mut moved = at(&nginx, NAMES[one]);
        moved.cookies.clone_from(&browsers[other].cookies);
        assert_eq!(moved.get("/account").await.status(), 303);
    }
    server.stop().await;
}

/// nginx sends the name of its upstream unless it is told.
#[rocket::async_test]
async fn an_nginx_that_does_not_pass_the_host_on_is_named_as_the_cause() {
    let Some((_idp, nginx, server)) = start("").await else { return };
    let page = at(&nginx, NAMES[0]).get("/auth/sign-in").await;
    assert_eq!(page.status(), 400);
    let page = page.text().await.unwrap();
    for part in ["127.0.0.1:", "http://a.localhost:", "proxy_set_header Host $host"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    server.stop().await;
}
