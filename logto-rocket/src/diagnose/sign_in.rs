//! What Logto says of a sign-in that it sends back to the application.

use super::case::Application;
use super::finding::DiagnosisCheck::SignIn;
use super::finding::Finding;
use crate::oidc::{Answered, Endpoints};
use crate::shown::shown;

/// What Logto says of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It would go on: only nobody is signed in there.
    Accepted,
    /// It refuses the scopes.
    InvalidScope,
    /// It refuses an API resource.
    InvalidTarget,
    /// It refuses the sign-in with another code.
    Refused(String),
}

impl Verdict {
    /// By the answer to a sign-in that asks for these API resources, if it sends the browser back.
    pub fn of(answered: &Answered, resources: &[String]) -> Option<Self> {
        let Answered::SentBack(code) = answered else { return None };
        Some(match code.as_deref() {
            // Those of `prompt=none` (OpenID Connect Core, section 3.1.2.6).
            None
            | Some(
                "login_required"
                | "consent_required"
                | "interaction_required"
                | "account_selection_required",
            ) => Self::Accepted,
            Some("invalid_scope") => Self::InvalidScope,
            Some("invalid_target") if !resources.is_empty() => Self::InvalidTarget,
            Some(code) => Self::Refused(code.to_owned()),
        })
    }
}

/// The findings for what sign-ins use and Logto does not offer.
pub(super) fn missing(
    application: &Application,
    endpoints: &Endpoints,
) -> impl Iterator<Item = Finding> {
    let issuer = application.oidc.issuer();
    let missing = application.oidc.missing(endpoints, application.sessions.reads_user_info());
    missing.map(|(member, key)| {
        Finding::wrong(
            SignIn,
            format!("the discovery document names no `{member}`, so every sign-in fails"),
            format!("remove {}, which needs it", issuer.key(key)),
        )
    })
}

/// The finding if Logto refuses sign-ins with this code.
pub(super) fn refused(application: &Application, code: &str) -> Finding {
    let issuer = application.oidc.issuer();
    let shown = shown(code);
    let fails = format!("Logto refuses it with `{shown}`, so every sign-in fails");
    match code {
        "unauthorized_client" => Finding::wrong(
            SignIn,
            fails,
            format!(
                "use the id and secret of an application of the type \"Traditional web\" in {}",
                issuer.key("app_id")
            ),
        ),
        "unsupported_response_type" => Finding::wrong(
            SignIn,
            fails,
            format!(
                "allow the authorization code flow (`response_type=code`) for the application {} there, or \
                 correct {}: Logto allows it for each application of the type \"Traditional web\"",
                issuer.key("app_id"),
                issuer.place()
            ),
        ),
        _ => {
            let found = format!(
                "Logto answered a sign-in without a page (`prompt=none`) with `{shown}`; other sign-ins may \
                 fail as well"
            );
            Finding::unknown(SignIn, found, application.attempt())
        }
    }
}
