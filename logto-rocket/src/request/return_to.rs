//! Where a sign-in returns to.

use rocket::Request;

use super::headers::{header, is_htmx};
use super::kind::Kind;
use crate::local_path::LocalPath;
use crate::session::MAX_RETURN_TO;

/// The page to return to after the sign-in: the path and query of a navigation, also in a frame, or
/// the page that any other request was made from.
pub(crate) fn return_to(request: &Request<'_>, kind: Kind, origin: &str) -> Option<LocalPath> {
    // A longer one would make the headers too long, and no sign-in returns to it.
    page(request, kind, origin).filter(|path| path.as_str().len() <= MAX_RETURN_TO)
}

fn page(request: &Request<'_>, kind: Kind, origin: &str) -> Option<LocalPath> {
    let boosted = header(request, "HX-Boosted") == Some("true");
    if matches!(kind, Kind::Navigation | Kind::Frame) || boosted {
        return request.uri().to_string().parse().ok();
    }
    let current = header(request, "HX-Current-URL").filter(|_| is_htmx(request));
    match current {
        Some(url) => local(url, origin),
        None => referrer(request, origin),
    }
}

/// The path and query of a request, with one slash in front however many it came with.
pub(crate) fn own_path(request: &Request<'_>) -> Option<LocalPath> {
    let uri = request.uri().to_string();
    format!("/{}", uri.trim_start_matches('/')).parse().ok()
}

/// The page of this site that `Referer` names.
pub(super) fn referrer(request: &Request<'_>, origin: &str) -> Option<LocalPath> {
    local(header(request, "Referer")?, origin)
}

/// The path and query of an absolute URL of this site.
fn local(url: &str, origin: &str) -> Option<LocalPath> {
    let mut url = url::Url::parse(url).ok()?;
    if url.origin().ascii_serialization() != origin {
        return None;
    }
    url.set_fragment(None);
    url[url::Position::BeforePath..].parse().ok()
}
