//! Whether Logto knows the addresses that users come back to from a sign-out.

use super::budget::Budget;
use super::case::Application;
use super::finding::DiagnosisCheck::PostSignOutUri;
use super::finding::Finding;
use super::unanswered::{FIRST, unanswered};
use crate::oidc::{Answered, Endpoints, Refused};
use crate::shown::shown;

/// The list in Logto's console.
const LIST: &str = "post sign-out redirect URIs";

/// Asks for a sign-out at each host.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    is_unknown_application: bool,
    budget: &mut Budget,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for uri in application.addresses.iter().map(|it| &it.post_sign_out_uri) {
        let finding = if is_unknown_application {
            let found = "not checked: Logto does not know the application";
            Finding::unknown(PostSignOutUri, found, FIRST)
        } else if !budget.take() {
            let found = "not checked: too many requests would be needed";
            Finding::unknown(PostSignOutUri, found, application.comparison(LIST))
        } else {
            match application.oidc.try_sign_out(endpoints, uri).await {
                Ok(answered) => by_answer(application, &answered),
                Err(error) => unanswered(PostSignOutUri, application.oidc.issuer(), &error),
            }
        };
        findings.push(finding.of(uri.as_str()));
    }
    findings
}

fn by_answer(application: &Application, answered: &Answered) -> Finding {
    match answered {
        Answered::Done | Answered::SentBack(_) => Finding::good(PostSignOutUri, "it is registered"),
        // The code alone is also that of requests which are wrong in another way.
        Answered::Refused(Refused { code, description, .. })
            if code == "invalid_request" && description.contains("post_logout_redirect_uri") =>
        {
            Finding::wrong(
                PostSignOutUri,
                "it is not registered at Logto, so Logto shows users an error and does not sign \
                 them out",
                application.registration(LIST),
            )
        }
        Answered::Refused(Refused { status, code, .. }) => Finding::unknown(
            PostSignOutUri,
            format!(
                "Logto refused a sign-out ({status}, `{}`), which does not show whether the URI is \
                 registered",
                shown(code)
            ),
            application.comparison(LIST),
        ),
        Answered::Other(status) => Finding::unknown(
            PostSignOutUri,
            format!(
                "Logto answered a sign-out with {status} and without its form for it, which does \
                 not show whether the URI is registered"
            ),
            application.comparison(LIST),
        ),
    }
}
