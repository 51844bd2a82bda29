//! What the headers of a request say.

use rocket::Request;
use rocket::http::MediaType;

/// The first header of this name.
pub(crate) fn header<'r>(request: &'r Request<'_>, name: &str) -> Option<&'r str> {
    request.headers().get_one(name)
}

/// Whether HTMX sent the request.
pub(crate) fn is_htmx(request: &Request<'_>) -> bool {
    header(request, "HX-Request") == Some("true")
}

/// Whether the browser says that it goes to a page, which no script can make it say.
pub(super) fn is_navigation(request: &Request<'_>) -> bool {
    header(request, "Sec-Fetch-Mode") == Some("navigate")
}

/// Whether the request prefers HTML.
pub(crate) fn prefers_html(request: &Request<'_>) -> bool {
    request.accept().is_some_and(|accept| {
        let preferred = accept.preferred().media_type();
        preferred == &MediaType::HTML || preferred == &MediaType::new("application", "xhtml+xml")
    })
}

/// Whether the browser, or a script such as Turbo or the preload extension of HTMX, loads the page
/// before the user goes there.
pub(super) fn is_prefetch(request: &Request<'_>) -> bool {
    let named = ["Sec-Purpose", "X-Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];
    let purposes = ["prefetch", "prerender", "preview"];
    named.iter().flat_map(|name| request.headers().get(name)).any(|value| {
        let value = value.to_ascii_lowercase();
        purposes.iter().any(|purpose| value.contains(purpose))
    }) || header(request, "HX-Preloaded").is_some()
}
