//! A site below a path of its host, at an nginx that takes the path off and at one that passes it on. The
//! rest of the host is another application's.

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, authenticated, resource};
use logto_rocket_tests::app::{config_without_address, figment, usual_routes};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::nginx::Nginx;
use logto_rocket_tests::server::{Server, free_port};
use logto_rocket_tests::uri::query;
use reqwest::header::LOCATION;
use rocket::tokio::task::spawn_blocking;
use rocket::{get, routes};

use super::Browser;

resource!(pub Orders = "http://localhost:9/app/orders");

#[authenticated(bearer, resource = Orders)]
#[get("/orders")]
fn orders() -> &'static str {
    "the orders"
}

struct Site {
    idp: Idp,
    nginx: Nginx,
    server: Server,
}

impl Site {
    async fn start(mode: &str) -> Option<Self> {
        let port = free_port();
        let uri = if mode == "strip" { "/" } else { "" };
        let directives = format!(
            "location /app/ {{ proxy_pass http://127.0.0.1:{port}{uri}; proxy_set_header Host $host; }}\n\
             location /.well-known/oauth-protected-resource/app/ {{ proxy_pass http://127.0.0.1:{port}; }}\n\
             location / {{ default_type text/html; return 200 'the neighbour'; }}"
        );
        let nginx = Nginx::serving(&directives).await?;
        let site = format!("http://localhost:{}/app", nginx.port);
        let idp = Idp::builder()
            .redirect_uri(&format!("{site}/auth/sign-in-callback"))
            .post_logout_redirect_uri(&format!("{site}/auth/sign-out-callback"));
        let idp = idp.start().await.expect("a provider");
        let config = config_without_address(&idp).base_url(&site).proxy_prefix(mode);
        let base = if mode == "strip" { "/" } else { "/app/" };
        let routes = [usual_routes(), routes![orders]].concat();
        let rocket = rocket::custom(figment()).mount(base, routes);
        let server = Server::launch(rocket.attach(Logto::fairing().config(config)), port).await;
        Some(Self { idp, nginx, server })
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.nginx.port)
    }
}

fn location(response: &reqwest::Response) -> &str {
    response.headers()[LOCATION].to_str().unwrap()
}

async fn signs_in_and_out(mode: &str) {
    let Some(site) = Site::start(mode).await else { return };
    let mut browser = Browser::at(&site.origin());
    let refused = browser.get("/app/account?tab=keys").await;
    let link = "/app/auth/sign-in?return_to=%2Fapp%2Faccount%3Ftab%3Dkeys";
    assert_eq!((refused.status().as_u16(), location(&refused)), (303, link));
    let start = browser.get(link).await;
    let callback = site.idp.authorize(location(&start), "alice").await.expect("a callback");
    let callback = callback.strip_prefix(&site.origin()).expect("the site");
    assert!(callback.starts_with("/app/auth/sign-in-callback?"), "{callback}");
    let done = browser.get(callback).await;
    assert_eq!(location(&done), "/app/account?tab=keys", "{done:?}");
    assert_eq!(browser.get("/app/account?tab=keys").await.status(), 200);
    // The neighbour gets the cookies, and is none to return to.
    assert_eq!(browser.get("/account").await.text().await.unwrap(), "the neighbour");
    let out = browser.post("/app/auth/sign-out?return_to=/account").await;
    let back = format!("{}/app/auth/sign-out-callback", site.origin());
    assert_eq!(query(location(&out))["post_logout_redirect_uri"], back);
    assert_eq!(location(&browser.get("/app/auth/sign-out-callback").await), "/app/");
    assert_eq!(browser.get("/app/account").await.status(), 303);
    // The metadata of a protected resource is at the root of the host.
    let path = "/.well-known/oauth-protected-resource/app/orders";
    let metadata = browser.get(path).await.text().await.unwrap();
    assert!(metadata.contains("\"resource\":\"http://localhost:9/app/orders\""), "{metadata}");
    site.server.stop().await;
}

#[rocket::async_test]
async fn a_user_signs_in_and_out_below_a_path_that_nginx_takes_off() {
    signs_in_and_out("strip").await;
}

#[rocket::async_test]
async fn a_user_signs_in_and_out_below_a_path_that_nginx_passes_on() {
    signs_in_and_out("keep").await;
}

/// With a real browser, which decides what it sends where.
async fn is_visited(mode: &'static str) {
    let Some(browser) = Chromium::find() else { return };
    let Some(site) = Site::start(mode).await else { return };
    let app = format!("{}/app", site.origin());
    let visited = spawn_blocking(move || browser.run("prefix.mjs", &[("APP", &app)]));
    if let Err(report) = visited.await.expect("no panic") {
        panic!("{report}");
    }
    site.server.stop().await;
}

#[rocket::async_test]
async fn a_browser_signs_in_and_out_below_a_path_that_nginx_takes_off() {
    is_visited("strip").await;
}

#[rocket::async_test]
async fn a_browser_signs_in_and_out_below_a_path_that_nginx_passes_on() {
    is_visited("keep").await;
}
