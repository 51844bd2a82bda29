//! The one maker of `Location`, and of the headers that take its place for libraries.

use rocket::Response;
use rocket::http::{Header, Status};
use url::Url;

use crate::local_path::LocalPath;

/// A redirect to a path on this site.
pub(crate) fn to_path(path: &LocalPath) -> Response<'static> {
    to(Status::SeeOther, "Location", path.as_str())
}

/// A redirect to a URL that this crate has made: of this site, or of Logto.
pub(crate) fn to_url(url: &Url) -> Response<'static> {
    to(Status::SeeOther, "Location", url.as_str())
}

/// What makes HTMX leave to an address that this crate has made.
pub(super) fn by_htmx(address: &str) -> Response<'static> {
    to(Status::Ok, "HX-Redirect", address)
}

/// What makes Inertia leave to an address that this crate has made.
pub(super) fn by_inertia(address: &str) -> Response<'static> {
    to(Status::Conflict, "X-Inertia-Location", address)
}

fn to(status: Status, header: &'static str, address: &str) -> Response<'static> {
    // No cache stores it, and the next page does not learn the address of this one.
    Response::build()
        .status(status)
        .header(Header::new(header, address.to_owned()))
        .raw_header("Cache-Control", "no-store")
        .raw_header("Referrer-Policy", "no-referrer")
        .finalize()
}
