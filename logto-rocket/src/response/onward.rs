//! Leads a browser to another address, in the way that the sender of the request can follow.

use std::io::Cursor;

use maud::{DOCTYPE, Markup, html};
use rocket::http::{ContentType, Status};
use rocket::{Request, Response};

use super::page::Language;
use super::page::texts::{Label, Words, phrases};
use super::redirect::{self, Destination};
use crate::local_path::LocalPath;
use crate::request::{Kind, Loader, takes_turbo_streams, turbo_frame};

/// Tells the library that made a request to leave the browser to load an address of this site. The
/// request itself has no effect.
pub(crate) fn load_in_full(
    request: &Request<'_>,
    loader: Loader,
    address: &LocalPath,
) -> Response<'static> {
    match loader {
        Loader::Htmx => redirect::by_htmx(address.as_str()),
        Loader::Inertia => redirect::by_inertia(address.as_str()),
        Loader::Turbo => hand_over(request, address.as_str(), Way::Reload),
        Loader::Unpoly => hand_over(request, address.as_str(), Way::Refresh),
    }
}

/// Leads the browser to an address by a redirect. If a script made the request, the response tells the script
/// the address, because a script cannot follow a redirect to Logto.
pub(crate) fn lead(request: &Request<'_>, to: &Destination) -> Response<'static> {
    let address = to.as_str();
    match (Loader::of(request), Kind::at_route(request)) {
        (Some(Loader::Htmx), _) => redirect::by_htmx(address),
        (Some(Loader::Inertia), _) => redirect::by_inertia(address),
        (Some(Loader::Turbo), _) if takes_turbo_streams(request) => {
            by_turbo_stream(request, address)
        }
        (Some(Loader::Turbo), _) if turbo_frame(request).is_some() => {
            hand_over(request, address, Way::Reload)
        }
        (Some(Loader::Turbo | Loader::Unpoly), _) => hand_over(request, address, Way::Refresh),
        (None, Kind::Script) => redirect::by_json(address),
        (None, _) => redirect::to(to),
    }
}

/// A page that navigates to an address of this site. The next request then comes from this site, so browsers send `Strict`
/// cookies with it.
pub(crate) fn from_this_site(request: &Request<'_>, address: &LocalPath) -> Response<'static> {
    hand_over(request, address.as_str(), Way::Refresh)
}

/// A refusal that navigates to an address of this site, for Turbo, which shows it as the page that the user opened.
pub(crate) fn unauthorized(request: &Request<'_>, address: &LocalPath) -> Response<'static> {
    let mut response = hand_over(request, address.as_str(), Way::Refresh);
    response.set_status(Status::Unauthorized);
    response
}

/// How a page that a library shows makes the browser load an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Turbo loads the requested page again, as a full page.
    Reload,
    /// The browser navigates as soon as a script has put the page in place.
    Refresh,
}

/// A page that navigates.
fn hand_over(request: &Request<'_>, address: &str, way: Way) -> Response<'static> {
    let language = Language::of(request);
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if way == Way::Reload { meta name="turbo-visit-control" content="reload"; }
                title { (phrases(language).hand_over().title) }
            }
            // In the body, because Unpoly inserts the whole body.
            body { (main(language, address, way)) }
        }
    };
    shown(language, ContentType::HTML, page.into_string())
}

/// Makes Turbo replace the current page with a page that navigates. Turbo does not accept a whole page as the
/// answer to a form.
fn by_turbo_stream(request: &Request<'_>, address: &str) -> Response<'static> {
    let language = Language::of(request);
    let main = main(language, address, Way::Refresh);
    let stream = html! {
        turbo-stream action="update" targets="body" { template { (main) } }
    };
    shown(language, ContentType::new("text", "vnd.turbo-stream.html"), stream.into_string())
}

/// The element that navigates, and a link for a browser that ignores it.
fn main(language: Language, address: &str, way: Way) -> Markup {
    let phrases = phrases(language);
    let Words { title, text } = phrases.hand_over();
    html! {
        // The page that it is put into may be in another language.
        main lang=(language) {
            @if way == Way::Refresh { meta http-equiv="refresh" content={ "0; url=" (address) }; }
            h1 { (title) }
            p { (text) }
            // No library follows a link with a target.
            a href=(address) target="_top" { (phrases.label(Label::GoOn)) }
        }
    }
}

fn shown(language: Language, kind: ContentType, body: String) -> Response<'static> {
    Response::build()
        .header(kind)
        .raw_header("Cache-Control", "no-store")
        .raw_header("Vary", "Accept-Language")
        .raw_header("Content-Language", language.tag())
        .raw_header("Referrer-Policy", "no-referrer")
        .raw_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .raw_header("X-Up-Target", "body")
        .sized_body(body.len(), Cursor::new(body))
        .finalize()
}
