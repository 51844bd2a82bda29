//! Whether Logto publishes keys that verify its tokens here.

use super::budget::Budget;
use super::endpoint::why;
use super::finding::DiagnosisCheck::SigningKeys;
use super::finding::Finding;
use crate::error::Error;
use crate::oidc::{Endpoints, Issuer};

/// Looks at the keys.
pub(super) async fn check(issuer: &Issuer, endpoints: &Endpoints, budget: &mut Budget) -> Finding {
    if !budget.take() {
        return Finding::unknown(SigningKeys, "not checked: too many requests would be needed");
    }
    match issuer.examine_keys(endpoints).await {
        Ok(()) => Finding::good(SigningKeys, "Logto publishes keys that verify its tokens"),
        Err(error @ Error::BadAnswer { .. }) => {
            let cure = "rotate the signing key in Logto's console to an accepted algorithm";
            Finding::wrong(SigningKeys, why(&error), cure)
        }
        Err(error) => Finding::unknown(SigningKeys, why(&error)),
    }
}
