//! [`Problem`]: what a program gets where a person gets a page.

use serde::Serialize;

/// A problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
#[derive(Serialize)]
pub(super) struct Problem<'a> {
    /// The stable code of the problem, as a URN.
    pub r#type: String,
    pub title: &'a str,
    pub status: u16,
    pub detail: &'a str,
    /// Where the sign-in starts, as a path on this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<&'a str>,
}

impl Problem<'_> {
    /// The document as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
