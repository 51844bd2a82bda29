//! What may be between a user and the site: a service worker, a `WebView`.

use logto_rocket::Logto;
use logto_rocket::testing::Idp;
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::ContentType;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::content::RawHtml;
use rocket::{get, routes};

use super::{buttons, walk};

/// What the browser says of a request.
struct Said(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Said {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let header = |name| request.headers().get_one(name).unwrap_or("nothing");
        Outcome::Success(Self(format!(
            "mode {}, dest {}, site {}, by {}",
            header("Sec-Fetch-Mode"),
            header("Sec-Fetch-Dest"),
            header("Sec-Fetch-Site"),
            header("X-Requested-With")
        )))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[get("/seen")]
fn seen(said: Said) -> String {
    said.0
}

#[get("/worker")]
fn worker() -> RawHtml<&'static str> {
    RawHtml(
        "<!doctype html><title>Worker</title>\
         <script>navigator.serviceWorker.register('/worker.js')</script>",
    )
}

/// A service worker that passes every request on.
#[get("/worker.js")]
fn worker_script() -> (ContentType, &'static str) {
    let script = "addEventListener('install', () => skipWaiting());\
                  addEventListener('activate', (event) => event.waitUntil(clients.claim()));\
                  addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));";
    (ContentType::JavaScript, script)
}

async fn walk_as(who: &str) {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.unwrap(), free_port());
    let origin = format!("http://localhost:{port}");
    let rocket = rocket(Logto::fairing().config(config_for(&idp).base_url(&origin)))
        .mount("/", buttons())
        .mount("/", routes![seen, worker, worker_script]);
    let server = Server::launch(rocket, port).await;
    walk(browser, "clients.mjs", vec![("APP", origin), ("WHO", who.to_owned())]).await;
    server.stop().await;
}

#[rocket::async_test]
async fn a_service_worker_that_passes_requests_on_changes_nothing() {
    walk_as("worker").await;
}

#[rocket::async_test]
async fn a_web_view_of_android_is_treated_as_a_browser() {
    walk_as("webview").await;
}
