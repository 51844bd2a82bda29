//! [`Loader`]: the library on a page that loads other pages in place of the browser.

use rocket::Request;
use rocket::http::{MediaType, Method};

use super::headers::{header, is_htmx, is_navigation};

/// A library that follows links and sends forms by script, and shows the response in the current page. It
/// cannot follow a redirect to another origin. Each library has its own kind of response that makes the
/// browser load an address.
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
    /// The library that made a request, by the headers that it sends. A request that the browser itself marks as a
    /// navigation was not made by a library.
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

    /// Whether a library asks for a whole page to go to, as for a link under `hx-boost`, of Inertia or of
    /// Turbo. Otherwise it loads a part of a page, or sends a form.
    pub fn goes_to_a_page(request: &Request<'_>) -> bool {
        let whole = match Self::of(request) {
            Some(Self::Htmx) => header(request, "HX-Boosted") == Some("true"),
            Some(Self::Inertia) => true,
            Some(Self::Turbo) => turbo_frame(request).is_none(),
            Some(Self::Unpoly) | None => false,
        };
        whole && matches!(request.method(), Method::Get | Method::Head)
    }
}

/// The id of the frame on a page that Turbo loads.
pub(crate) fn turbo_frame<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    header(request, "Turbo-Frame").filter(|_| Loader::of(request) == Some(Loader::Turbo))
}

/// Whether the request takes Turbo's instructions for an answer, as each form does that Turbo sends.
pub(crate) fn takes_turbo_streams(request: &Request<'_>) -> bool {
    let stream = MediaType::new("text", "vnd.turbo-stream.html");
    request.accept().is_some_and(|accept| accept.iter().any(|kind| kind.media_type() == &stream))
}
