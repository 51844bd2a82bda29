//! The input of the routes: query, form and `Authorization`.

use rocket::data::{FromData, Outcome as DataOutcome, ToByteUnit as _};
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome};
use rocket::{Data, Request};

use super::answer::Refused;
use super::arrival::Arrival;
use super::client_auth::Credentials;
use super::params::Params;
use super::shared::Shared;

/// The input of a request without a body.
pub(super) struct Query {
    pub(super) params: Params,
    pub(super) authorization: Option<String>,
}

/// The input of a request with a form, or a JSON object in its place.
pub(super) struct Form {
    pub(super) query: Params,
    pub(super) params: Params,
    pub(super) authorization: Option<String>,
    is_readable: bool,
}

impl Form {
    pub(super) fn credentials(&self) -> Result<Credentials, Refused> {
        if self.is_readable {
            return Ok(Credentials::new(self.authorization.as_deref(), &self.params));
        }
        Err(Refused::invalid_request(
            "only application/x-www-form-urlencoded content-type bodies are supported on POST \
             /token",
        ))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        let (params, authorization) = (query(request), authorization(request));
        Outcome::Success(Self { params, authorization })
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Form {
    type Error = std::io::Error;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> DataOutcome<'r, Self> {
        let text = match data.open(1.mebibytes()).into_string().await {
            Ok(text) => text.into_inner(),
            Err(error) => return Outcome::Error((Status::BadRequest, error)),
        };
        let content_type = request.content_type();
        let parsed = match content_type {
            Some(kind) if kind.is_json() => Params::json(&text),
            Some(kind) if kind.is_form() => Some(Params::urlencoded(&text)),
            _ if text.is_empty() => Some(Params::default()),
            _ => None,
        };
        let (is_readable, params) = (parsed.is_some(), parsed.unwrap_or_default());
        let query = query(request);
        if let (Some(number), Some(shared)) =
            (Arrival::of(request).number, request.rocket().state::<Shared>())
        {
            let mut all = query.clone();
            all.extend(params.clone());
            shared.lock().requests.complete(number, all);
        }
        let authorization = authorization(request);
        Outcome::Success(Self { query, params, authorization, is_readable })
    }
}

pub(super) fn query(request: &Request<'_>) -> Params {
    request.uri().query().map(|query| Params::urlencoded(query.as_str())).unwrap_or_default()
}

fn authorization(request: &Request<'_>) -> Option<String> {
    request.headers().get_one("Authorization").map(str::to_owned)
}
