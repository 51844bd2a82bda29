//! What to say of a check whose request got no answer that can be read.

use super::finding::{DiagnosisCheck, Finding};
use crate::error::Error;
use crate::oidc::Issuer;

/// What to do where Logto cannot answer now.
pub(super) const AGAIN: &str =
    "try again; if the error stays, see the logs of Logto and of the proxy in front of it";

/// What to do about a check that depends on another one.
pub(super) const FIRST: &str = "correct the lines above that are not good, and diagnose again";

/// The finding of such a check.
pub(super) fn unanswered(check: DiagnosisCheck, issuer: &Issuer, error: &Error) -> Finding {
    let cure = match error {
        Error::BadAnswer { .. } => {
            format!("check {}: the server there does not answer as Logto does", issuer.place())
        }
        _ => AGAIN.to_owned(),
    };
    Finding::unknown(check, why(issuer, error), cure)
}

/// The cause of an error, without the name of the request, and without the key to check, which is in the cure.
pub(super) fn why(issuer: &Issuer, error: &Error) -> String {
    let why = match error {
        Error::Unavailable { why, .. } | Error::BadAnswer { why, .. } => why.clone(),
        other => other.to_string(),
    };
    match why.strip_suffix(&issuer.advice()) {
        Some(why) => why.to_owned(),
        None => why,
    }
}
