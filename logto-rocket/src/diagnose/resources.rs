//! Whether Logto knows the API resources that sign-ins ask for.

use super::budget::Budget;
use super::case::Application;
use super::finding::DiagnosisCheck::Resource;
use super::finding::Finding;
use super::sign_in::Verdict;
use super::unanswered::{FIRST, unanswered};
use crate::names::{ORGANIZATIONS_RESOURCE, scope};
use crate::oidc::Endpoints;

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
            vec![Finding::unknown(Resource, found, FIRST).of(resources.join(" "))]
        }
        (Some(false), _) => vec![Finding::good(Resource, "Logto knows it").of(resources.join(" "))],
        (Some(true), [only]) => vec![refused(application, only).of(only)],
        (Some(true), several) => each(application, several, endpoints, budget).await,
    }
}

async fn each(
    application: &Application,
    resources: &[String],
    endpoints: &Endpoints,
    budget: &mut Budget,
) -> Vec<Finding> {
    let (mut findings, scopes) = (Vec::new(), application.scopes.join(" "));
    let uri = application.addresses.first().map(|it| &it.redirect_uri);
    for (at, resource) in resources.iter().enumerate() {
        let Some(uri) = uri.filter(|_| at < MOST && budget.take()) else {
            let rest = resources[at..].join(" ");
            let found = "not checked: Logto does not know at least one of the resources, and a request \
                 for each would be too many";
            let cure = "correct those that are wrong, and diagnose again";
            findings.push(Finding::unknown(Resource, found, cure).of(rest));
            break;
        };
        let alone = std::slice::from_ref(resource);
        let answered = application.oidc.try_sign_in(endpoints, uri, &scopes, alone).await;
        let finding = match answered.as_ref().map(|answer| Verdict::of(answer, alone)) {
            Ok(Some(Verdict::InvalidTarget)) => refused(application, resource),
            Ok(Some(Verdict::Accepted)) => Finding::good(Resource, "Logto knows it"),
            Ok(_) => {
                let found = "the answer does not show whether Logto knows it";
                Finding::unknown(Resource, found, application.attempt())
            }
            Err(error) => unanswered(Resource, application.oidc.issuer(), error),
        };
        findings.push(finding.of(resource));
    }
    findings
}

fn refused(application: &Application, resource: &str) -> Finding {
    let issuer = application.oidc.issuer();
    if resource == ORGANIZATIONS_RESOURCE {
        let cure = format!(
            "it is Logto's own and cannot be created: check that {} is a Logto with organizations, or \
             remove the requirements with organizations and the scope `{}` from {}, for which sign-ins \
             ask for it",
            issuer.place(),
            scope::ORGANIZATIONS,
            issuer.key("scopes")
        );
        let found = "a sign-in cannot ask for it there, so every sign-in fails";
        return Finding::wrong(Resource, found, cure);
    }
    Finding::wrong(
        Resource,
        "Logto knows no API resource with this identifier, so every sign-in fails",
        format!(
            "create the API resource in Logto's console with exactly this identifier, or correct \
             the identifier in {} or in the `resource!` of a guard",
            issuer.key("resources")
        ),
    )
}
