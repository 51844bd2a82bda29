//! The snippets of the manual for scripts, in a real browser.

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, LogtoUser, authenticated};
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::response::content::RawHtml;
use rocket::response::stream::{Event, EventStream};
use rocket::serde::json::Json;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::{pin, select, time};
use rocket::{Shutdown, get, routes};

const MANUAL: &str = include_str!("../../../../../logto-rocket/docs/front_ends.md");

/// The snippet of the manual with these words.
fn snippet(words: &str) -> &'static str {
    let snippets = MANUAL.split("```js\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut found = snippets.filter(|snippet| snippet.contains(words));
    found.next().unwrap_or_else(|| panic!("no snippet has `{words}`"))
}

#[get("/snippets")]
fn snippets() -> RawHtml<String> {
    let [fetch, stream, socket, sign_out] =
        ["function load", "function listen", "function connect", "/auth/sign-out"].map(snippet);
    RawHtml(format!(
        "<!doctype html><title>Snippets</title><script>
         window.shown = [];
         const show = (text) => window.shown.push(text);
         {fetch} {stream} {socket}
         async function signOut() {{ {sign_out} }}
         </script>"
    ))
}

#[authenticated]
#[get("/items")]
fn items() -> Json<[u8; 2]> {
    Json([1, 2])
}

#[authenticated(role = "of nobody")]
#[get("/never")]
fn never() {}

#[authenticated]
#[get("/echo")]
fn echo() {}

#[get("/ticks")]
fn ticks(user: LogtoUser, mut shutdown: Shutdown) -> EventStream![] {
    EventStream! {
        let ended = user.ended();
        pin!(ended);
        let mut interval = time::interval(time::Duration::from_millis(100));
        loop {
            select! {
                _ = interval.tick() => yield Event::data("tick"),
                () = &mut ended => break,
                () = &mut shutdown => break,
            }
        }
    }
}

#[rocket::async_test]
async fn the_snippets_of_the_manual_lead_to_the_sign_in_and_sign_nobody_in_again_after_a_sign_out()
{
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.unwrap(), free_port());
    let origin = format!("http://localhost:{port}");
    let fairing = Logto::fairing().config(config_for(&idp).base_url(&origin));
    let rocket = rocket(fairing).mount("/", routes![snippets, items, never, echo, ticks]);
    let server = Server::launch(rocket, port).await;
    let walk = spawn_blocking(move || browser.run("snippets.mjs", &[("APP", &origin)]));
    if let Err(report) = walk.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}
