//! The one maker of `Location`.

use rocket::Response;
use rocket::http::{Header, Status};

use crate::local_path::LocalPath;

/// A redirect to a path on this site.
pub(crate) fn to_path(path: &LocalPath) -> Response<'static> {
    to(path.as_str().to_owned())
}

/// A redirect to a URL that this crate has made: of one of its routes, or of Logto.
pub(crate) fn to(location: String) -> Response<'static> {
    // No cache stores it, and the next page does not learn the address of this one.
    Response::build()
        .status(Status::SeeOther)
        .header(Header::new("Location", location))
        .raw_header("Cache-Control", "no-store")
        .raw_header("Referrer-Policy", "no-referrer")
        .finalize()
}
