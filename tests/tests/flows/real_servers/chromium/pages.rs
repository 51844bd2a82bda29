//! Every built-in page in a browser, with the headers that come with it.

use std::collections::BTreeMap;

use logto_rocket_tests::browser::Answer;
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::{Header, Status};
use rocket::response::Responder;
use rocket::{Request, Response, State, get, response, routes};
use serde_json::json;

use super::walk;
use crate::responses::pages::rows::{self, Row};
use crate::responses::pages::site::{Looks, Site};

type Pages = BTreeMap<&'static str, Answer>;

/// A page as the application answered it.
struct Shown<'a>(&'a Answer);

impl<'r> Responder<'r, 'r> for Shown<'r> {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'r> {
        let Self(page) = self;
        let mut response = Response::build();
        for (name, value) in page.headers.iter().filter(|(name, _)| name != "Set-Cookie") {
            response.header(Header::new(name, value));
        }
        let body = std::io::Cursor::new(page.body.as_str());
        response.status(page.status).sized_body(page.body.len(), body).ok()
    }
}

#[get("/pages/<code>")]
fn page<'a>(code: &str, pages: &'a State<Pages>) -> Result<Shown<'a>, Status> {
    pages.get(code).map(Shown).ok_or(Status::NotFound)
}

#[rocket::async_test]
async fn every_built_in_page_is_accessible_in_both_colour_schemes_and_fits_a_phone() {
    let Some(browser) = Chromium::find() else { return };
    let mut pages = Pages::new();
    for Row { code, make, .. } in rows::all() {
        let looks: Looks = |fairing| fairing;
        let site = Site::that_makes(code, looks).await;
        pages.insert(code, make(&site, looks).await);
    }
    let port = free_port();
    let url = |code| format!("http://localhost:{port}/pages/{code}");
    let urls: BTreeMap<_, _> = pages.keys().map(|code| (*code, url(*code))).collect();
    let rocket = rocket::build().manage(pages).mount("/", routes![page]);
    let server = Server::launch(rocket, port).await;
    walk(browser, "pages.mjs", vec![("PAGES", json!(urls).to_string())]).await;
    server.stop().await;
}
