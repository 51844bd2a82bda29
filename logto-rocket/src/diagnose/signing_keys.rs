//! Whether Logto publishes keys that verify its tokens here.

use super::budget::Budget;
use super::finding::DiagnosisCheck::SigningKeys;
use super::finding::Finding;
use super::unanswered::{unanswered, why};
use crate::error::Error;
use crate::oidc::{Endpoints, Issuer, PublishedKeys};

/// Looks at the keys.
pub(super) async fn check(issuer: &Issuer, endpoints: &Endpoints, budget: &mut Budget) -> Finding {
    let address = endpoints.keys();
    if !budget.take() {
        let cure = format!("open {address}, which must show Logto's keys");
        let found = "not checked: too many requests would be needed";
        return Finding::unknown(SigningKeys, found, cure);
    }
    match issuer.examine_keys(endpoints).await {
        Ok(PublishedKeys::Right) => {
            Finding::good(SigningKeys, "Logto publishes keys that verify its tokens")
        }
        Ok(PublishedKeys::Unusable(error)) => {
            let cure = "rotate the signing key in Logto's console to an accepted algorithm";
            Finding::wrong(SigningKeys, why(issuer, &error), cure)
        }
        Ok(PublishedKeys::NotPinned { pinned, published }) => {
            let published = published.iter().map(ToString::to_string).collect::<Vec<_>>();
            let (key, published) = (issuer.key("signing_algorithm"), published.join(" or "));
            let found = format!(
                "Logto publishes no key for {pinned}, which {key} sets, but keys for {published}; so every \
                 sign-in fails"
            );
            let cure = format!("remove `logto.signing_algorithm`, or set it to {published}");
            Finding::wrong(SigningKeys, found, cure)
        }
        // Something answers, but not with keys.
        Err(error @ Error::BadAnswer { .. }) => {
            let cure = format!(
                "open {address}, which must show Logto's keys; if another server answers there, correct {}, \
                 or let the proxy in front of Logto pass this path on",
                issuer.place()
            );
            Finding::wrong(SigningKeys, why(issuer, &error), cure)
        }
        Err(error) => unanswered(SigningKeys, issuer, &error),
    }
}
