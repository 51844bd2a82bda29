//! Whether Logto knows the application and the addresses that users come back to from a sign-in.

use std::collections::BTreeSet;

use super::budget::Budget;
use super::case::Application;
use super::finding::DiagnosisCheck::{AppId, RedirectUri};
use super::finding::Finding;
use super::sign_in::{self, Verdict};
use super::unanswered::{FIRST, unanswered};
use crate::oidc::{Answered, Endpoints, Refused};
use crate::shown::shown;

/// The list in Logto's console.
const LIST: &str = "redirect URIs";

const NO_APPLICATION: &str = "not checked: Logto does not know the application";

/// What else the first answer shows.
#[derive(Default)]
pub(super) struct First {
    /// Whether Logto does not know the application. Its answers then show nothing else.
    pub is_unknown_application: bool,
    /// Whether an API resource that was asked for is unknown; `None` if Logto did not come to them.
    pub is_resource_unknown: Option<bool>,
    /// What Logto says of a sign-in, at the first host at which it sends the browser back.
    pub verdict: Option<Verdict>,
}

/// Asks for a sign-in with all scopes at each host, at the first one for all API resources as well.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> First {
    let Application { oidc, addresses, resources, .. } = application;
    let scopes = application.scopes.join(" ");
    let (mut first, mut codes) = (First::default(), BTreeSet::new());
    for (at, uri) in addresses.iter().map(|it| &it.redirect_uri).enumerate() {
        let resources = if at == 0 { resources.as_slice() } else { &[] };
        let finding = if first.is_unknown_application {
            Finding::unknown(RedirectUri, NO_APPLICATION, FIRST)
        } else if !budget.take() {
            let found = "not checked: too many requests would be needed";
            Finding::unknown(RedirectUri, found, application.comparison(LIST))
        } else {
            let answered = oidc.try_sign_in(endpoints, uri, &scopes, resources).await;
            if at == 0 {
                findings.push(app_id(application, answered.as_ref().ok()));
                first = First::of(answered.as_ref().ok(), resources);
            }
            let answer = answered.as_ref().ok();
            let verdict = answer.and_then(|answer| Verdict::of(answer, resources));
            if let Some(Verdict::Refused(code)) = &verdict
                && codes.insert(code.clone())
            {
                findings.push(sign_in::refused(application, code));
            }
            first.verdict = first.verdict.or(verdict);
            match answered {
                Ok(answered) => redirect_uri(application, &answered),
                Err(error) => unanswered(RedirectUri, oidc.issuer(), &error),
            }
        };
        findings.push(finding.of(uri.as_str()));
    }
    first
}

impl First {
    fn of(answered: Option<&Answered>, resources: &[String]) -> Self {
        let is_unknown_application = answered.is_some_and(is_unknown_application);
        let is_resource_unknown = match answered.and_then(|answer| Verdict::of(answer, resources)) {
            Some(Verdict::InvalidTarget) => Some(true),
            Some(Verdict::Accepted) => Some(false),
            // A sign-in that asks for something else in a wrong way may not come to the resources.
            Some(Verdict::InvalidScope | Verdict::Refused(_)) | None => None,
        };
        Self { is_unknown_application, is_resource_unknown, verdict: None }
    }
}

fn is_unknown_application(answered: &Answered) -> bool {
    matches!(answered, Answered::Refused(Refused { code, .. }) if code == "invalid_client")
}

fn app_id(application: &Application, answered: Option<&Answered>) -> Finding {
    let (oidc, id) = (&application.oidc, application.oidc.app_id());
    match answered {
        Some(answered) if is_unknown_application(answered) => Finding::wrong(
            AppId,
            format!("Logto knows no application with the id `{id}`"),
            format!(
                "copy the app id from the application's page in Logto's console into {}; the endpoint may \
                 also be that of another tenant",
                oidc.issuer().key("app_id")
            ),
        ),
        Some(Answered::SentBack(_)) => Finding::good(AppId, format!("Logto knows `{id}`")),
        // Logto checks the redirect URI only after it has found the application.
        Some(answered) if is_unregistered(answered) => {
            Finding::good(AppId, format!("Logto knows `{id}`"))
        }
        _ => Finding::unknown(
            AppId,
            "the answer to an authorization request does not show whether Logto knows it",
            format!(
                "compare {} with the application's page in Logto's console",
                oidc.issuer().key("app_id")
            ),
        ),
    }
}

fn is_unregistered(answered: &Answered) -> bool {
    matches!(answered, Answered::Refused(Refused { code, .. }) if code == "invalid_redirect_uri")
}

fn redirect_uri(application: &Application, answered: &Answered) -> Finding {
    match answered {
        Answered::SentBack(_) => Finding::good(RedirectUri, "it is registered"),
        answered if is_unregistered(answered) => Finding::wrong(
            RedirectUri,
            "it is not registered at Logto, so Logto shows users an error instead of the sign-in",
            application.registration(LIST),
        ),
        answered if is_unknown_application(answered) => {
            Finding::unknown(RedirectUri, NO_APPLICATION, FIRST)
        }
        Answered::Refused(Refused { status, code, .. }) => Finding::unknown(
            RedirectUri,
            format!("Logto refused an authorization request ({status}, `{}`)", shown(code)),
            application.comparison(LIST),
        ),
        Answered::Done => Finding::unknown(
            RedirectUri,
            "Logto answered an authorization request with a page, not with a redirect back",
            application.comparison(LIST),
        ),
        Answered::Other(status) => Finding::unknown(
            RedirectUri,
            format!(
                "Logto answered an authorization request with {status}, not with a redirect back"
            ),
            application.comparison(LIST),
        ),
    }
}
