//! The answer to what no handler answers, as a problem document (RFC 9457). The library answers refused
//! tokens in the same form.

use rocket::http::{ContentType, Status};
use rocket::serde::json::{Value, json};
use rocket::{Request, response::status::Custom};

#[catch(default)]
pub fn problem(status: Status, _request: &Request<'_>) -> Custom<(ContentType, String)> {
    let problem: Value = json!({ "title": status.reason_lossy(), "status": status.code });
    let problem_json = ContentType::new("application", "problem+json");
    Custom(status, (problem_json, problem.to_string()))
}
