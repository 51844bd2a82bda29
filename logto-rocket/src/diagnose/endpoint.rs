//! Whether Logto's discovery document is where the configuration says, and whose it is.

use super::budget::Budget;
use super::finding::DiagnosisCheck::{Endpoint, Issuer as IssuerCheck};
use super::finding::Finding;
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
            let cure = format!(
                "correct {}, or, if this is your Logto, set `logto.issuer` to `{named}`",
                issuer.issuer_key()
            );
            findings.push(Finding::wrong(IssuerCheck, found, cure));
        }
        Discovered::Unusable(error) => {
            findings.push(answers());
            let cure = format!("correct {}", issuer.place());
            findings.push(Finding::wrong(IssuerCheck, why(&error), cure));
        }
        Discovered::None(error) => findings.push(without(issuer, &error)),
    }
    None
}

/// The finding if there is no discovery document.
fn without(issuer: &Issuer, error: &Error) -> Finding {
    if let Error::Unavailable { status: Some(_), .. } = error {
        let cure = "try again; if the error stays, see the logs of Logto and of the proxy in \
                    front of it";
        return Finding::unknown(Endpoint, why(error)).found_out_by(cure);
    }
    let cure = format!(
        "give {} the address that Logto's console shows as \"Logto endpoint\", and check that \
         this server can reach it",
        issuer.place()
    );
    let why = why(error);
    // The cure names the key already.
    let found = why.strip_suffix(&issuer.advice()).unwrap_or(&why);
    Finding::wrong(Endpoint, found, cure)
}

/// The cause of an error, without the name of the request.
pub(super) fn why(error: &Error) -> String {
    match error {
        Error::Unavailable { why, .. } | Error::BadAnswer { why, .. } => why.clone(),
        other => other.to_string(),
    }
}
