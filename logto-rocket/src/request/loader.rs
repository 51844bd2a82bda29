//! [`Loader`]: the library on a page that loads other pages in place of the browser.

use rocket::Request;
use rocket::http::MediaType;

use super::headers::{header, is_htmx, is_navigation};

/// A library that follows links and sends forms by script, and shows what comes in the page that is
/// there. It cannot follow a redirect to another origin, so each is told in its own way to leave
/// the browser to load an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loader {
    /// [htmx](https://htmx.org/reference/#request_headers), also by `hx-boost`.
    Htmx,
    /// [Inertia](https://inertiajs.com/the-protocol).
    Inertia,
    /// [Turbo](https://turbo.hotwired.dev/handbook/drive), for a page or a frame.
    Turbo,
    /// [Unpoly](https://unpoly.com/up.protocol).
    Unpoly,
}

impl Loader {
    /// The library that made a request, by the headers that it sends. What the browser itself calls a
    /// navigation is none of theirs.
    pub fn of(request: &Request<'_>) -> Option<Self> {
        if is_navigation(request) {
            return None;
        }
        let has = |name| header(request, name).is_some();
        if is_htmx(request) {
            Some(Self::Htmx)
        } else if has("X-Inertia") {
            Some(Self::Inertia)
        } else if has("X-Up-Version") {
            Some(Self::Unpoly)
        } else if has("X-Turbo-Request-Id") || has("Turbo-Frame") || takes_turbo_streams(request) {
            Some(Self::Turbo)
        } else {
            None
        }
    }
}

/// Whether the request takes Turbo's instructions for an answer, as each form does that Turbo sends.
pub(crate) fn takes_turbo_streams(request: &Request<'_>) -> bool {
    let stream = MediaType::new("text", "vnd.turbo-stream.html");
    request.accept().is_some_and(|accept| accept.iter().any(|kind| kind.media_type() == &stream))
}
