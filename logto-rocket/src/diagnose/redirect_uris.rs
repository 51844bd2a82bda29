//! Whether Logto knows the application and the addresses that users come back to from a sign-in.

use super::budget::Budget;
use super::case::Application;
use super::endpoint::why;
use super::finding::DiagnosisCheck::{AppId, RedirectUri};
use super::finding::Finding;
use crate::oidc::{Answered, Endpoints, Refused};

/// What else the first answer shows.
#[derive(Default)]
pub(super) struct First {
    /// Whether Logto does not know the application. Its answers then show nothing else.
    pub is_unknown_application: bool,
    /// Whether an API resource that was asked for is unknown; `None` if Logto did not come to them.
    pub is_resource_unknown: Option<bool>,
}

/// Asks for a sign-in at each host, at the first one for all API resources.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> First {
    let Application { oidc, addresses, resources, .. } = application;
    let mut first = First::default();
    for (at, uri) in addresses.iter().map(|it| &it.redirect_uri).enumerate() {
        let resources = if at == 0 { resources.as_slice() } else { &[] };
        let finding = if first.is_unknown_application {
            Finding::unknown(RedirectUri, "not checked: Logto does not know the application")
        } else if !budget.take() {
            Finding::unknown(RedirectUri, "not checked: too many requests would be needed")
        } else {
            let answered = oidc.try_sign_in(endpoints, uri, resources).await;
            if at == 0 {
                findings.push(app_id(application, answered.as_ref().ok()));
                first = First::of(answered.as_ref().ok());
            }
            match answered {
                Ok(answered) => redirect_uri(application, &answered),
                Err(error) => Finding::unknown(RedirectUri, why(&error)),
            }
        };
        findings.push(finding.of(uri.as_str()));
    }
    first
}

impl First {
    fn of(answered: Option<&Answered>) -> Self {
        let is_unknown_application = answered.is_some_and(is_unknown_application);
        let is_resource_unknown = match answered {
            Some(Answered::SentBack(Some(code))) if code == "invalid_target" => Some(true),
            // A sign-in that asks for something else in a wrong way may not come to the resources.
            Some(Answered::SentBack(code)) => {
                let is_about_the_user =
                    |code: &str| code.ends_with("_required") || code == "access_denied";
                code.as_deref().is_none_or(is_about_the_user).then_some(false)
            }
            _ => None,
        };
        Self { is_unknown_application, is_resource_unknown }
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
            "the answer to an authorization request does not show \
                                      whether Logto knows it",
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
            application.registration("redirect URIs"),
        ),
        answered if is_unknown_application(answered) => {
            Finding::unknown(RedirectUri, "not checked: Logto does not know the application")
        }
        Answered::Refused(Refused { status, code, .. }) => Finding::unknown(
            RedirectUri,
            format!(
                "Logto refused an authorization request ({status}, `{}`)",
                crate::shown::shown(code)
            ),
        ),
        Answered::Done => Finding::unknown(
            RedirectUri,
            "Logto answered an authorization request with a page, \
                                           not with a redirect back",
        ),
        Answered::Other(status) => Finding::unknown(
            RedirectUri,
            format!(
                "Logto answered an authorization request with {status}, not with a redirect \
                     back"
            ),
        ),
    }
}
