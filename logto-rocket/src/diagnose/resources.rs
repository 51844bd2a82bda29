//! Whether Logto knows the API resources that sign-ins ask for.

use super::budget::Budget;
use super::case::Application;
use super::endpoint::why;
use super::finding::DiagnosisCheck::Resource;
use super::finding::Finding;
use crate::oidc::{Answered, Endpoints};

/// How many are asked for one by one.
const MOST: usize = 8;

/// By the answer to a sign-in that asks for all of them; only if one is unknown, each is asked for alone.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    is_any_unknown: Option<bool>,
    budget: &mut Budget,
) -> Vec<Finding> {
    let resources = &application.resources;
    match (is_any_unknown, resources.as_slice()) {
        (_, []) => Vec::new(),
        (None, _) => {
            let found = "the answer to the authorization request does not show whether Logto \
                         knows it";
            vec![Finding::unknown(Resource, found).of(resources.join(" "))]
        }
        (Some(false), _) => vec![Finding::good(Resource, "Logto knows it").of(resources.join(" "))],
        (Some(true), [only]) => vec![unknown_to_logto(application).of(only)],
        (Some(true), several) => each(application, several, endpoints, budget).await,
    }
}

async fn each(
    application: &Application,
    resources: &[String],
    endpoints: &Endpoints,
    budget: &mut Budget,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let uri = application.addresses.first().map(|it| &it.redirect_uri);
    for (at, resource) in resources.iter().enumerate() {
        let Some(uri) = uri.filter(|_| at < MOST && budget.take()) else {
            let rest = resources[at..].join(" ");
            let found = "not checked: Logto does not know at least one of the resources, and a request \
                 for each would be too many";
            findings.push(Finding::unknown(Resource, found).of(rest));
            break;
        };
        let alone = std::slice::from_ref(resource);
        let finding = match application.oidc.try_sign_in(endpoints, uri, alone).await {
            Ok(Answered::SentBack(Some(code))) if code == "invalid_target" => {
                unknown_to_logto(application)
            }
            Ok(Answered::SentBack(_)) => Finding::good(Resource, "Logto knows it"),
            Ok(_) => Finding::unknown(Resource, "the answer does not show whether Logto knows it"),
            Err(error) => Finding::unknown(Resource, why(&error)),
        };
        findings.push(finding.of(resource));
    }
    findings
}

fn unknown_to_logto(application: &Application) -> Finding {
    Finding::wrong(
        Resource,
        "Logto knows no API resource with this identifier, so every sign-in fails",
        format!(
            "create the API resource in Logto's console with exactly this identifier, or correct \
             the identifier in {} or in the `resource!` of a guard",
            application.oidc.issuer().key("resources")
        ),
    )
}
