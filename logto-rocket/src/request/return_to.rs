//! Where a sign-in returns to, and the paths of a request as its browser has them.

use rocket::Request;
use url::Url;

use super::headers::{header, is_htmx};
use super::host::host_of;
use super::kind::Kind;
use super::loader::Loader;
use crate::client::Client;
use crate::config::ProxyPrefix;
use crate::local_path::LocalPath;
use crate::session::MAX_RETURN_TO;

/// The page to return to after the sign-in. For a navigation, also in a frame or by a library, it is the path
/// and query of the request. For any other request, it is the page that made the request. The result is `None`
/// for a page of another application on the same host.
pub(crate) fn return_to(request: &Request<'_>, client: &Client, kind: Kind) -> Option<LocalPath> {
    // A longer one would make the headers too long, and no sign-in returns to it.
    page(request, client, kind).filter(|path| {
        path.as_str().len() <= MAX_RETURN_TO && client.settings().base_urls.prefix.holds(path)
    })
}

fn page(request: &Request<'_>, client: &Client, kind: Kind) -> Option<LocalPath> {
    if matches!(kind, Kind::Navigation | Kind::Frame) || Loader::goes_to_a_page(request) {
        return as_browsers_have_it(&request.uri().to_string(), client);
    }
    let current = header(request, "HX-Current-URL").filter(|_| is_htmx(request));
    local(current.or(header(request, "Referer"))?, client.origin(host_of(request, client)))
}

/// The path and query of a request, with one slash in front however many it came with.
pub(crate) fn own_path(request: &Request<'_>, client: &Client) -> Option<LocalPath> {
    let uri = request.uri().to_string();
    as_browsers_have_it(&format!("/{}", uri.trim_start_matches('/')), client)
}

/// The path and query that the browser requested, if a request with this path and query arrives: a proxy may have
/// removed the prefix of the site.
fn as_browsers_have_it(uri: &str, client: &Client) -> Option<LocalPath> {
    let path = uri.parse().ok()?;
    let base_urls = &client.settings().base_urls;
    Some(match base_urls.proxy_prefix {
        ProxyPrefix::Strip => base_urls.prefix.path_of(&path),
        ProxyPrefix::Keep => path,
    })
}

/// Whether `Referer` names a page of this origin.
pub(super) fn is_referred_by(request: &Request<'_>, origin: &str) -> bool {
    header(request, "Referer").is_some_and(|url| local(url, origin).is_some())
}

/// The path and query of an absolute URL of this origin.
fn local(url: &str, origin: &str) -> Option<LocalPath> {
    let mut url = Url::parse(url).ok()?;
    if url.origin().ascii_serialization() != origin {
        return None;
    }
    url.set_fragment(None);
    url[url::Position::BeforePath..].parse().ok()
}
