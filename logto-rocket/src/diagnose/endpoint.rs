//! Whether Logto's discovery document is where the configuration says, and whose it is.

use super::budget::Budget;
use super::finding::DiagnosisCheck::{Endpoint, Issuer as IssuerCheck};
use super::finding::Finding;
use super::unanswered::{AGAIN, why};
use crate::error::Error;
use crate::oidc::{Discovered, Endpoints, Issuer};
use crate::shown::shown;

/// Looks at the discovery document, without which there are no endpoints to ask.
pub(super) async fn check(
    issuer: &Issuer,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Option<Box<Endpoints>> {
    if !budget.take() {
        return None;
    }
    let answers = || Finding::good(Endpoint, format!("`{}` answers", issuer.identifier()));
    match issuer.examine().await {
        Discovered::Right(endpoints) => {
            findings.push(answers());
            findings.push(Finding::good(IssuerCheck, "it is the configured one, byte for byte"));
            return Some(endpoints);
        }
        Discovered::OtherIssuer(named) => {
            findings.push(answers());
            let named = shown(&named);
            let found = format!(
                "the discovery document names the issuer `{named}`, but `{}` is configured",
                issuer.identifier()
            );
            let (key, place) = (issuer.issuer_key(), issuer.place());
            let cure = if issuer.is_given("issuer") {
                format!("correct {key}: set it to `{named}`, if this is your Logto")
            } else {
                format!("correct {key}, or, if this is your Logto, set `logto.issuer` to `{named}`")
            };
            let elsewhere = if place == key {
                String::new()
            } else {
                format!("; {place} may lead to another Logto")
            };
            findings.push(Finding::wrong(IssuerCheck, found, cure + &elsewhere));
        }
        Discovered::Unusable(error) => {
            findings.push(answers());
            let cure = format!("correct {}", issuer.place());
            findings.push(Finding::wrong(IssuerCheck, why(issuer, &error), cure));
        }
        Discovered::None(error) => findings.push(without(issuer, &error)),
    }
    None
}

/// The finding if there is no discovery document.
fn without(issuer: &Issuer, error: &Error) -> Finding {
    let why = why(issuer, error);
    if let Error::Unavailable { status: Some(_), .. } = error {
        return Finding::unknown(Endpoint, why, AGAIN);
    }
    Finding::wrong(Endpoint, why, address(issuer))
}

/// The cure if the address of the discovery document is not right.
fn address(issuer: &Issuer) -> String {
    let place = issuer.place();
    if issuer.is_given("internal_endpoint") {
        return format!(
            "correct {place}: the address at which this server, and not a browser, reaches Logto, such as \
             `http://logto:3001`"
        );
    }
    if !issuer.is_given("issuer") {
        return format!(
            "give {place} the address that Logto's console shows as \"Logto endpoint\", and check that this \
             server can reach it"
        );
    }
    // The document is looked for at the issuer, whatever `endpoint` is.
    let key = issuer.issuer_key();
    let keys = if place == key { key } else { format!("{key} and {place}") };
    let follows = issuer.is_given("endpoint").then_some(
        "; for Logto, remove `logto.issuer`, because the issuer follows from `logto.endpoint`",
    );
    format!(
        "correct {keys}, where the discovery document is expected, and check that this server can reach \
         it{}",
        follows.unwrap_or_default()
    )
}
