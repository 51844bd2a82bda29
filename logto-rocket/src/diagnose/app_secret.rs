//! Whether the app secret is the application's.

use super::budget::Budget;
use super::case::Application;
use super::finding::DiagnosisCheck::AppSecret;
use super::finding::Finding;
use super::unanswered::{FIRST, unanswered};
use crate::oidc::{Answered, Endpoints, Refused};
use crate::shown::shown;

/// Sends an invalid code to the token endpoint. Logto checks the secret first, and then refuses the code.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    is_unknown_application: bool,
    budget: &mut Budget,
) -> Finding {
    if is_unknown_application {
        let found = "not checked: Logto does not know the application whose secret it is";
        return Finding::unknown(AppSecret, found, FIRST);
    }
    let uri = application.addresses.first().map(|it| &it.redirect_uri);
    let Some(uri) = uri.filter(|_| budget.take()) else {
        let found = "not checked: too many requests would be needed";
        return Finding::unknown(AppSecret, found, application.attempt());
    };
    match application.oidc.try_secret(endpoints, uri).await {
        Ok(Answered::Refused(refused)) => by_refusal(application, &refused),
        Ok(_) => {
            let found = "the answer to an invalid code is not a token error of OAuth 2";
            Finding::unknown(AppSecret, found, application.attempt())
        }
        Err(error) => unanswered(AppSecret, application.oidc.issuer(), &error),
    }
}

fn by_refusal(application: &Application, refused: &Refused) -> Finding {
    let issuer = application.oidc.issuer();
    let secret = issuer.key("app_secret");
    match refused.code.as_str() {
        "invalid_grant" => Finding::good(AppSecret, "Logto accepts it"),
        "invalid_client" => Finding::wrong(
            AppSecret,
            "Logto does not accept it, so every sign-in fails",
            format!(
                "copy the app secret from the application's page in Logto's console into \
                 {secret}; check that it belongs to this application and has not been deleted \
                 there"
            ),
        ),
        "invalid_request" if refused.description.contains("expired") => Finding::wrong(
            AppSecret,
            "it has expired, so every sign-in fails",
            format!(
                "create a new secret on the application's page in Logto's console, and copy it \
                 into {secret}"
            ),
        ),
        "unauthorized_client" => Finding::wrong(
            AppSecret,
            "Logto accepts it, but the application may not exchange codes",
            format!(
                "use the id and secret of an application of the type \"Traditional web\" in {}",
                issuer.key("app_id")
            ),
        ),
        code => Finding::unknown(
            AppSecret,
            format!(
                "Logto refused an invalid code with `{}`, which does not show whether the secret is \
                 right",
                shown(code)
            ),
            application.attempt(),
        ),
    }
}
