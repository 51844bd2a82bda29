//! [`examine`]: one look at a case, check by check.

use super::arrivals::Arrivals;
use super::budget::Budget;
use super::case::{Application, Case};
use super::diagnosis::Diagnosis;
use super::finding::DiagnosisCheck::{
    AppId, AppSecret, PostSignOutUri, RedirectUri, Resource, Scopes,
};
use super::finding::Finding;
use super::listening::Listening;
use super::unanswered::FIRST;
use super::{
    app_secret, clock, endpoint, post_sign_out_uris, redirect_uris, resources, scopes, sign_in,
    signing_keys, store,
};

/// Looks at a case. What asks Logto does so one request after the other.
pub(super) async fn examine(
    case: &Case,
    listening: Option<&Listening>,
    arrivals: &Arrivals,
) -> Diagnosis {
    let Some(application) = &case.application else {
        return Diagnosis::new(at_logto(case, None).await);
    };
    let Application { sessions, site, .. } = application;
    let (at_logto, store, site) = tokio::join!(
        at_logto(case, Some(application)),
        store::check(sessions, &case.issuer),
        site.check(listening, arrivals, &case.issuer)
    );
    Diagnosis::new(at_logto.into_iter().chain(store).chain(site).collect())
}

async fn at_logto(case: &Case, application: Option<&Application>) -> Vec<Finding> {
    let (issuer, mut budget, mut findings) = (&*case.issuer, Budget::new(), Vec::new());
    let endpoints = endpoint::check(issuer, &mut budget, &mut findings).await;
    findings.push(clock::check(issuer));
    let Some(endpoints) = endpoints else {
        findings.extend(application.into_iter().flat_map(not_asked));
        return findings;
    };
    let mut verdict = None;
    if let Some(application) = application {
        let first = redirect_uris::check(application, &endpoints, &mut budget, &mut findings).await;
        findings.extend(sign_in::missing(application, &endpoints));
        let is_unknown = first.is_unknown_application;
        findings.push(app_secret::check(application, &endpoints, is_unknown, &mut budget).await);
        findings.extend(
            post_sign_out_uris::check(application, &endpoints, is_unknown, &mut budget).await,
        );
        let any = first.is_resource_unknown;
        findings.extend(resources::check(application, &endpoints, any, &mut budget).await);
        verdict = first.verdict;
    }
    findings.push(signing_keys::check(issuer, &endpoints, &mut budget).await);
    if let Some(application) = application {
        let verdict = verdict.as_ref();
        // The last one, because it may use all requests that are left.
        findings.push(scopes::check(application, &endpoints, verdict, &mut budget).await);
    }
    findings
}

/// The findings for the checks that need the right endpoint.
fn not_asked(application: &Application) -> Vec<Finding> {
    let mut checks = vec![AppId, AppSecret, RedirectUri, PostSignOutUri, Scopes];
    checks.extend((!application.resources.is_empty()).then_some(Resource));
    let found = "not checked: endpoint and issuer must be right first";
    checks.into_iter().map(|check| Finding::unknown(check, found, FIRST)).collect()
}
