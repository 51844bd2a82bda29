//! Libraries that load pages by script, as they are published: each leaves the sign-in to the browser.

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, LogtoUser, authenticated};
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::fs::FileServer;
use rocket::response::Redirect;
use rocket::response::content::RawHtml;
use rocket::{get, post, routes};

use super::{buttons, walk};

#[get("/htmx/<package>")]
fn htmx(package: &str) -> RawHtml<String> {
    page(
        &format!("<script src='/packages/{package}/dist/htmx.js'></script>"),
        "<a href='/paper?tab=keys' hx-boost=true>Paper</a>
         <form hx-post='/save' hx-target='#done'><button>Save</button></form><p id=done></p>",
    )
}

#[get("/turbo")]
fn turbo() -> RawHtml<String> {
    let module = "/packages/@hotwired/turbo/dist/turbo.es2017-esm.js";
    page(
        &format!("<script type=module src='{module}'></script>"),
        "<a href='/paper?tab=keys'>Paper</a>
         <form method=post action='/save'><button>Save</button></form>
         <p>Around the orders</p>
         <turbo-frame id=orders><a href='/orders'>Orders</a></turbo-frame>
         <turbo-frame id=audits><a href='/audits'>Audits</a></turbo-frame>",
    )
}

#[authenticated]
#[get("/paper")]
fn paper(user: &LogtoUser) -> RawHtml<String> {
    page("", &format!("<p>The paper of {}</p>", user.display_name()))
}

#[authenticated]
#[post("/save")]
fn save() -> Redirect {
    Redirect::to("/saved")
}

#[get("/saved")]
fn saved() -> RawHtml<String> {
    page("", "<p>Saved</p>")
}

#[authenticated]
#[get("/orders")]
fn orders() -> RawHtml<String> {
    page("", "<turbo-frame id=orders>Three orders</turbo-frame>")
}

#[authenticated(role = "auditor")]
#[get("/audits")]
fn audits() -> RawHtml<String> {
    page("", "<turbo-frame id=audits>Three audits</turbo-frame>")
}

fn page(head: &str, body: &str) -> RawHtml<String> {
    let head = format!("<meta charset=utf-8><title>Papers</title>{head}");
    RawHtml(format!("<!doctype html><html><head>{head}</head><body>{body}</body></html>"))
}

/// Walks through a page of these with its library.
async fn walk_with(library: &str, path: &str) {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.unwrap(), free_port());
    let origin = format!("http://localhost:{port}");
    let rocket = rocket(Logto::fairing().config(config_for(&idp).base_url(&origin)))
        .mount("/", buttons())
        .mount("/", routes![htmx, turbo, paper, save, saved, orders, audits])
        .mount("/packages", FileServer::from(browser.packages()));
    let server = Server::launch(rocket, port).await;
    let env = [("APP", origin.as_str()), ("LIBRARY", library), ("PAGE", path)];
    walk(browser, "loaders.mjs", env.map(|(name, value)| (name, value.to_owned())).into()).await;
    server.stop().await;
}

#[rocket::async_test]
async fn a_page_of_htmx_4_leads_the_whole_page_to_the_sign_in() {
    walk_with("htmx", "/htmx/htmx.org").await;
}

#[rocket::async_test]
async fn a_page_of_htmx_2_leads_the_whole_page_to_the_sign_in() {
    walk_with("htmx", "/htmx/htmx-2").await;
}

#[rocket::async_test]
async fn a_page_of_turbo_leads_the_whole_page_to_the_sign_in() {
    walk_with("turbo", "/turbo").await;
}
