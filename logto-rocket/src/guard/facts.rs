//! [`UserFacts`]: what is known of a user when a requirement is judged.

use serde_json::Value;

use super::LogtoUser;
use crate::requirement::{Check, Facts};

/// What a user's claims say, and what the application's own checks have said so far.
pub(super) struct UserFacts<'u> {
    user: &'u LogtoUser,
    checks: Vec<(&'static Check, bool)>,
}

impl<'u> UserFacts<'u> {
    pub fn new(user: &'u LogtoUser) -> Self {
        Self { user, checks: Vec::new() }
    }

    /// The first of the checks that has not been asked.
    pub fn unanswered(&self, checks: &[&'static Check]) -> Option<&'static Check> {
        checks.iter().copied().find(|check| self.check(check).is_none())
    }

    /// Asks the application.
    pub async fn answer(&mut self, check: &'static Check) {
        let verdict = (check.call)(self.user).await;
        self.checks.push((check, verdict));
    }

    /// Why something could not be decided, and what to do about it.
    pub fn why_unknown(&self) -> String {
        match &self.user.logto().settings().session.claims {
            Some(kept) => format!(
                "a claim that it needs is not kept (`logto.session.claims` keeps {}) or its scope \
                 is not in `logto.scopes`",
                kept.join(", ")
            ),
            None => {
                "the sign-in did not ask for the scope of a claim that it needs; add the scope \
                     to `logto.scopes`"
                    .into()
            }
        }
    }

    /// Whether the absence of a claim means anything: it is kept, and it was asked for.
    fn would_be_there(&self, claim: &str) -> bool {
        let asked = scope_of(claim).is_none_or(|scope| self.user.session().asked.has_scope(scope));
        asked && self.user.logto().sessions().keeps(claim)
    }
}

impl Facts for UserFacts<'_> {
    fn role(&self, role: &str) -> Option<bool> {
        match &self.user.claims().roles {
            Some(_) => Some(self.user.has_role(role)),
            None => self.would_be_there("roles").then_some(false),
        }
    }

    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> bool) -> Option<bool> {
        match self.user.claims().at(path) {
            Some(claim) => Some(fits(claim)),
            None => self.would_be_there(path.first()?).then_some(false),
        }
    }

    fn check(&self, check: &'static Check) -> Option<bool> {
        let asked = self.checks.iter().find(|(asked, _)| std::ptr::eq(*asked, check));
        asked.map(|(_, verdict)| *verdict)
    }
}

/// The scope that a claim of Logto's comes with.
fn scope_of(claim: &str) -> Option<&'static str> {
    Some(match claim {
        "name" | "username" | "picture" | "given_name" | "family_name" | "middle_name"
        | "nickname" | "preferred_username" | "profile" | "website" | "gender" | "birthdate"
        | "zoneinfo" | "locale" | "created_at" | "updated_at" => "profile",
        "email" | "email_verified" => "email",
        "phone_number" | "phone_number_verified" => "phone",
        "address" => "address",
        "custom_data" => "custom_data",
        "identities" | "sso_identities" => "identities",
        "roles" => "roles",
        "organizations" | "organization_data" => "urn:logto:scope:organizations",
        "organization_roles" => "urn:logto:scope:organization_roles",
        _ => return None,
    })
}
