//! Whether Logto accepts the scopes that sign-ins ask for.

use super::budget::Budget;
use super::case::Application;
use super::finding::DiagnosisCheck::Scopes;
use super::finding::Finding;
use super::sign_in::Verdict;
use super::unanswered::FIRST;
use crate::names::scope;
use crate::oidc::Endpoints;
use crate::session::USUAL_SCOPES;

/// Asks for all scopes in one sign-in. Only if Logto refuses them, it asks for each scope alone, until the
/// budget is used up.
pub(super) async fn check(
    application: &Application,
    endpoints: &Endpoints,
    verdict: Option<&Verdict>,
    budget: &mut Budget,
) -> Finding {
    let finding = match verdict {
        // Logto looks at the scopes before the resources.
        Some(Verdict::Accepted | Verdict::InvalidTarget) => Finding::good(
            Scopes,
            "Logto accepts a sign-in with them; it leaves out those that it does not know",
        ),
        Some(Verdict::InvalidScope) => {
            wrong(application, &refused(application, endpoints, budget).await)
        }
        Some(Verdict::Refused(_)) => {
            let found = "not checked: Logto refuses sign-ins for another reason";
            Finding::unknown(Scopes, found, "see `sign-in`, and diagnose again")
        }
        None => {
            let found = "not checked: Logto answered no authorization request with a redirect back";
            Finding::unknown(Scopes, found, FIRST)
        }
    };
    finding.of(application.scopes.join(" "))
}

/// Those that Logto refuses, as far as they are found.
async fn refused<'a>(
    application: &'a Application,
    endpoints: &Endpoints,
    budget: &mut Budget,
) -> Vec<&'a str> {
    let mut refused = Vec::new();
    let Some(uri) = application.addresses.first().map(|it| &it.redirect_uri) else {
        return refused;
    };
    // A sign-in without it would be refused for that.
    let scopes = application.scopes.iter().filter(|scope| *scope != scope::OPENID);
    for scope in scopes {
        if !budget.take() {
            break;
        }
        let asked = format!("{} {scope}", scope::OPENID);
        match application.oidc.try_sign_in(endpoints, uri, &asked, &[]).await {
            Ok(answered) if Verdict::of(&answered, &[]) == Some(Verdict::InvalidScope) => {
                refused.push(scope.as_str());
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    refused
}

fn wrong(application: &Application, refused: &[&str]) -> Finding {
    let issuer = application.oidc.issuer();
    let which = match refused {
        [] => "at least one of them".to_owned(),
        refused => format!("`{}`", refused.join("`, `")),
    };
    let found = format!("Logto refuses {which} (`invalid_scope`), so every sign-in fails");
    let is_usual = refused.iter().any(|scope| USUAL_SCOPES.contains(scope));
    let usual = is_usual.then(|| {
        format!(
            "; every sign-in asks for `{}` unless {} is `false`",
            USUAL_SCOPES.join("`, `"),
            issuer.key("include_reserved_scopes")
        )
    });
    let cure = format!(
        "allow them for the application in Logto's console (a third-party application has a list of \
         permissions), or remove them from {} and from the requirements of the routes{}",
        issuer.key("scopes"),
        usual.unwrap_or_default()
    );
    Finding::wrong(Scopes, found, cure)
}
