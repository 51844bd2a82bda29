//! The only code that builds `Location` headers, and the headers that replace them for libraries.

use std::io::Cursor;

use rocket::Response;
use rocket::http::{ContentType, Header, Status};
use serde::Serialize;
use url::Url;

use crate::local_path::LocalPath;

/// An address that this crate has made.
#[derive(Clone, Debug)]
pub(crate) enum Destination {
    /// A page of this site.
    Here(LocalPath),
    /// A page of Logto.
    AtLogto(Url),
}

impl Destination {
    /// The address, as it stands in a `Location`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Here(path) => path.as_str(),
            Self::AtLogto(url) => url.as_str(),
        }
    }
}

/// A redirect that a browser follows; a script would follow it only within this site.
pub(super) fn to(destination: &Destination) -> Response<'static> {
    by(Status::SeeOther, "Location", destination.as_str())
}

/// A redirect to a path on this site.
pub(crate) fn to_path(path: &LocalPath) -> Response<'static> {
    by(Status::SeeOther, "Location", path.as_str())
}

/// A redirect to a URL of this site, by a name that the application is configured for.
pub(crate) fn to_own_url(url: &Url) -> Response<'static> {
    by(Status::SeeOther, "Location", url.as_str())
}

/// Makes HTMX load an address that this crate built.
pub(super) fn by_htmx(address: &str) -> Response<'static> {
    by(Status::Ok, "HX-Redirect", address)
}

/// Makes Inertia load an address that this crate built.
pub(super) fn by_inertia(address: &str) -> Response<'static> {
    by(Status::Conflict, "X-Inertia-Location", address)
}

/// Tells a script which address the browser must load.
pub(super) fn by_json(address: &str) -> Response<'static> {
    #[derive(Serialize)]
    struct Told<'a> {
        location: &'a str,
    }
    let json = serde_json::to_string(&Told { location: address }).unwrap_or_default();
    Response::build()
        .header(ContentType::JSON)
        .raw_header("Cache-Control", "no-store")
        .sized_body(json.len(), Cursor::new(json))
        .finalize()
}

fn by(status: Status, header: &'static str, address: &str) -> Response<'static> {
    // No cache stores it, and the next page does not learn the address of this one.
    Response::build()
        .status(status)
        .header(Header::new(header, address.to_owned()))
        .raw_header("Cache-Control", "no-store")
        .raw_header("Referrer-Policy", "no-referrer")
        .finalize()
}
