//! Leads a browser to another address, in the way that the sender of the request can follow.

use std::io::Cursor;

use maud::{DOCTYPE, html};
use rocket::Response;
use rocket::http::ContentType;

use super::page::texts::{self, label};
use super::redirect;
use crate::local_path::LocalPath;
use crate::request::Loader;

/// Tells the library that made a request to leave the browser to load an address of this site. The
/// request itself has no effect.
pub(crate) fn load_in_full(loader: Loader, address: &LocalPath) -> Response<'static> {
    match loader {
        Loader::Htmx => redirect::by_htmx(address.as_str()),
        Loader::Inertia => redirect::by_inertia(address.as_str()),
        Loader::Turbo => hand_over(address.as_str(), Way::Reload),
        Loader::Unpoly => hand_over(address.as_str(), Way::Refresh),
    }
}

/// How a page that a library shows leaves to the browser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Turbo loads what it has asked for once more, in full.
    Reload,
    /// The browser goes on from the page by itself, as soon as a script has put it in place.
    Refresh,
}

/// A page that leads on, and a link for a browser that does not.
fn hand_over(address: &str, way: Way) -> Response<'static> {
    let (title, text) = texts::HAND_OVER;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                @if way == Way::Reload { meta name="turbo-visit-control" content="reload"; }
                title { (title) }
            }
            body {
                // In the body, of which Unpoly takes over everything.
                main {
                    @if way == Way::Refresh {
                        meta http-equiv="refresh" content={ "0; url=" (address) };
                    }
                    h1 { (title) }
                    p { (text) }
                    // No library follows a link with a target.
                    a href=(address) target="_top" { (label::GO_ON) }
                }
            }
        }
    };
    let page = page.into_string();
    Response::build()
        .header(ContentType::HTML)
        .raw_header("Cache-Control", "no-store")
        .raw_header("Referrer-Policy", "same-origin")
        .raw_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .raw_header("X-Up-Target", "body")
        .sized_body(page.len(), Cursor::new(page))
        .finalize()
}
