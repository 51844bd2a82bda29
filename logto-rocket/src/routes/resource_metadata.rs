//! `GET /.well-known/oauth-protected-resource…`: the metadata of the API resources of this application
//! ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)), by which programs find out where to get a token.

use std::io::Cursor;

use rocket::http::{ContentType, Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};

use crate::resource_server::{ResourceServer, WELL_KNOWN};

/// A rank that no application has, so that Rocket finds no collision with its routes.
const RANK: isize = -7_719;

/// The routes of the metadata and of its preflights, to be mounted at `/`. If there is no metadata at a path, they
/// forward, so that an application can serve other files below it.
pub(crate) fn resource_metadata() -> Vec<Route> {
    let route = |method| {
        let mut route = Route::ranked(RANK, method, &format!("{WELL_KNOWN}/<path..>"), Metadata);
        route.name = Some("logto".into());
        route
    };
    vec![route(Method::Get), route(Method::Options)]
}

#[derive(Clone)]
struct Metadata;

#[rocket::async_trait]
impl Handler for Metadata {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let server = ResourceServer::of(request.rocket());
        let Some(json) = server.and_then(|it| it.metadata_at(request.uri().path().as_str())) else {
            return Outcome::Forward((data, Status::NotFound));
        };
        let mut response = Response::build();
        // Programs in browsers read it, too; it is the same for everybody.
        response.raw_header("Access-Control-Allow-Origin", "*");
        if request.method() == Method::Options {
            response
                .status(Status::NoContent)
                .raw_header("Access-Control-Allow-Methods", "GET")
                .raw_header("Access-Control-Allow-Headers", "*");
        } else {
            response
                .header(ContentType::JSON)
                .raw_header("Cache-Control", "public, max-age=3600")
                .sized_body(json.len(), Cursor::new(json));
        }
        Outcome::Success(response.finalize())
    }
}
