//! The warnings of the launch about requirements: conditions that no user can meet, or that users can change
//! themselves.

use super::asks::{is_editable, is_elsewhere, scope_of};
use super::written::Written;

/// What the launch knows about future sessions.
pub(crate) struct SessionsToCome<'l> {
    /// The scopes that every sign-in asks for.
    pub scopes: &'l [String],
    /// Whether they store a claim.
    pub store: &'l dyn Fn(&str) -> bool,
    /// Whether they hold user info.
    pub hold_user_info: bool,
    /// Where the value of a key of the configuration comes from, as ` (from …)`.
    pub source_of: &'l dyn Fn(&str) -> String,
}

impl SessionsToCome<'_> {
    /// Each condition of a requirement that is probably not intended, with the reason and the remedy.
    pub fn doubts(&self, requirement: Written<'_>) -> Vec<String> {
        let mut doubts = Vec::new();
        for (condition, claim) in requirement.conditions() {
            let wrong = self.why_not_met(claim);
            let reasons = wrong.into_iter().chain(is_editable(claim).then(|| by_themselves(claim)));
            doubts.extend(reasons.map(|reason| format!("`{condition}`: {reason}")));
        }
        doubts
    }

    fn why_not_met(&self, claim: &str) -> Option<String> {
        let from = self.source_of;
        if is_elsewhere(claim) && !self.hold_user_info {
            return Some(format!(
                "Logto puts the claim `{claim}` into user info only, unless the tenant adds it \
                 to ID tokens, so no user meets this. To fix it, write `session.user_info = true` and \
                 add `{claim}` to `session.claims`."
            ));
        }
        if let Some(scope) = scope_of(claim)
            && !self.scopes.iter().any(|asked| asked == scope)
        {
            return Some(format!(
                "no sign-in asks Logto for the scope `{scope}`, so no user meets this. To fix \
                 it, add it to `logto.scopes`{}.",
                from("scopes")
            ));
        }
        (!(self.store)(claim)).then(|| {
            format!(
                "sessions do not store the claim `{claim}`, so no user meets this. To fix it, \
                 add it to `logto.session.claims`{}.",
                from("session.claims")
            )
        })
    }
}

fn by_themselves(claim: &str) -> String {
    format!(
        "users can edit the claim `{claim}` if Logto's account center allows it, and so decide \
         themselves whether they meet this. To grant rights, require a role."
    )
}
