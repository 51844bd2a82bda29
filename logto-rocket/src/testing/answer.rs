use std::io::Cursor;

use maud::Markup;
use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::{self, Responder, Response};
use serde_json::{Value, json};

/// The answer of an endpoint.
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub(super) fn text(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::empty(200) }
            .with("Content-Type", "text/plain; charset=utf-8")
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { body: body.to_string(), ..Self::empty(status) }
            .with("Content-Type", "application/json; charset=utf-8")
    }

    pub(super) fn html(status: u16, page: Markup) -> Self {
        Self { body: page.into_string(), ..Self::empty(status) }
            .with("Content-Type", "text/html; charset=utf-8")
            .with("Cache-Control", "no-store")
    }

    pub(super) fn see_other(url: &str) -> Self {
        Self::empty(303).with("Location", url).with("Cache-Control", "no-store")
    }

    /// Adds a header; one of the same name that is there already is replaced, but for cookies.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if name != "Set-Cookie" {
            self.headers.retain(|(n, _)| *n != name);
        }
        self.headers.push((name, value.into()));
        self
    }

    /// Sets a cookie with the attributes that Logto gives its own.
    pub(super) fn with_cookie(self, name: &str, value: &str, max_age: u64) -> Self {
        let cookie = format!("{name}={value}; path=/; samesite=lax; httponly; max-age={max_age}");
        self.with("Set-Cookie", cookie)
    }

    pub(super) fn without_cookie(self, name: &str) -> Self {
        self.with_cookie(name, "", 0)
    }
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(Status::new(self.status));
        response.sized_body(self.body.len(), Cursor::new(self.body));
        for (name, value) in self.headers {
            response.header_adjoin(Header::new(name, value));
        }
        response.ok()
    }
}

/// An error in Logto's format: `{"code", "message", "error", "error_description", …}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) error: &'static str,
    pub(super) description: String,
    extra: Vec<(&'static str, String)>,
    challenge: Option<String>,
}

impl Refused {
    pub(super) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { status, error, description, extra: Vec::new(), challenge: None }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", description)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::invalid_request(format!("missing required parameter '{parameter}'"))
    }

    /// Expired, revoked, reused, unknown: Logto's answer is the same.
    pub(super) fn invalid_grant() -> Self {
        Self::new(400, "invalid_grant", "grant request is invalid")
            .with("error_uri", "https://openid.sh/debug/invalid_grant")
    }

    pub(super) fn invalid_target() -> Self {
        Self::new(400, "invalid_target", "resource indicator is missing, or unknown")
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Answers with a `WWW-Authenticate` header of this value.
    pub(super) fn challenge(mut self, challenge: String) -> Self {
        self.challenge = Some(challenge);
        self
    }

    fn message(&self) -> String {
        match self.error {
            "invalid_request" => "Request is invalid.".into(),
            "invalid_grant" => "Grant request is invalid.".into(),
            "invalid_target" => "Invalid resource indicator.".into(),
            "invalid_token" => "Invalid token provided.".into(),
            "invalid_scope" => "Invalid scope: {{error_description}}.".into(),
            "insufficient_scope" => "Token missing scope `{{scope}}`.".into(),
            "access_denied" => "Access denied.".into(),
            "unsupported_grant_type" => "Unsupported `grant_type` requested.".into(),
            "invalid_redirect_uri" => {
                "`redirect_uri` did not match any of the client's registered `redirect_uris`."
                    .into()
            }
            error => format!("An OIDC error occurred: oidc.{error}."),
        }
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        let mut body = json!({
            "code": format!("oidc.{}", refused.error),
            "message": refused.message(),
            "error": refused.error,
            "error_description": refused.description,
        });
        for (name, value) in refused.extra {
            body[name] = Value::String(value);
        }
        let answer = Self::json(refused.status, &body).with("Cache-Control", "no-store");
        match refused.challenge {
            Some(challenge) => answer.with("WWW-Authenticate", challenge),
            None => answer,
        }
    }
}
