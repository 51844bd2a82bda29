//! Who may call the Management API, and how it refuses.

use serde_json::{Value, json};

use super::answer::Answer;
use super::state::State;

/// The indicator of the Management API.
pub(super) const MANAGEMENT_API: &str = "https://default.logto.app/api";

/// The scope that its calls need.
const ALL: &str = "all";

/// An access token for the Management API.
pub(super) struct ManagementToken {
    pub(super) expires_at: u64,
    has_scope: bool,
}

impl ManagementToken {
    pub(super) fn new(scopes: &[&str], expires_at: u64) -> Self {
        Self { expires_at, has_scope: scopes.contains(&ALL) }
    }
}

impl State {
    /// Whether the header has a token that this provider issued for the Management API.
    pub(super) fn admit_manager(&self, authorization: Option<&str>) -> Result<(), Answer> {
        let Some(header) = authorization else {
            let message = "Authorization header is missing.";
            return Err(refused(401, "auth.authorization_header_missing", message));
        };
        let token = header.strip_prefix("Bearer ").and_then(|it| self.management_tokens.get(it));
        match token.filter(|token| self.now() < token.expires_at) {
            Some(token) if token.has_scope => Ok(()),
            Some(_) => {
                let message = "Forbidden. Please check your user roles and permissions.";
                Err(refused(403, "auth.forbidden", message))
            }
            None => {
                let message = "Unauthorized. Please check credentials and its scope.";
                Err(refused(401, "auth.unauthorized", message))
            }
        }
    }
}

/// An error in the form of the Management API.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({ "code": code, "message": message }))
}

/// What a request has that cannot be.
pub(super) fn invalid_input(status: u16, details: &str) -> Answer {
    let message = format!("Input is invalid. {details}");
    let body: Value =
        json!({ "code": "request.invalid_input", "message": message, "details": details });
    Answer::json(status, &body)
}
