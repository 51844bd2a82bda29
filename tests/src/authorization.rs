//! [`headers`]: what a text of the fuzz target `authorization` sends. The target and the test that replays
//! its corpus (`tests/data/authorization`) both read it here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::testing::BearerToken;
use serde_json::{Map, Value};

/// The values of `Authorization` that a text stands for, one a line. A line is sent as it is, except that
///
/// - `signed {"scope":"x"}` is a token that is signed by a key which is trusted, with these claims;
/// - `parts {"alg":"none"}|{"sub":"x"}|y` is a token of these three parts, each encoded.
pub fn headers(text: &str, usual: &BearerToken<'_>) -> Vec<String> {
    text.lines().map(|line| header(line, usual)).collect()
}

/// Whether a text can be let in at all: it contains a token that is signed.
pub fn is_signed(text: &str) -> bool {
    text.lines().any(|line| claims(line).is_some())
}

fn header(line: &str, usual: &BearerToken<'_>) -> String {
    if let Some(claims) = claims(line) {
        let token = usual.clone();
        let token =
            claims.into_iter().fold(token, |token, (name, value)| token.claim(&name, value));
        return format!("Bearer {}", token.text());
    }
    match line.strip_prefix("parts ") {
        Some(parts) => {
            let parts = parts.split('|').map(|part| URL_SAFE_NO_PAD.encode(part));
            format!("Bearer {}", parts.collect::<Vec<_>>().join("."))
        }
        None => line.to_owned(),
    }
}

fn claims(line: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(line.strip_prefix("signed ")?).ok()
}
