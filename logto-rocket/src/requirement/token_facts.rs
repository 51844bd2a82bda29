//! [`TokenFacts`]: the facts about an access token by which a requirement is decided.

use serde_json::Value;

use super::check::Check;
use super::facts::{Facts, Target, is_within};
use super::organization::Organization;
use crate::oidc::VerifiedToken;

/// The claims of an access token that was found to be for the right audience, and the answers of the
/// application so far.
pub(super) struct TokenFacts<'t> {
    token: &'t VerifiedToken,
    /// The latest time that a sign-in may be of, and now, in seconds.
    latest: u64,
    now: u64,
    checks: Vec<(&'static Check, bool)>,
    fresh: bool,
}

impl<'t> TokenFacts<'t> {
    /// The facts before any function is called, at the time `now` by a clock that may differ by `skew`
    /// seconds from Logto's.
    pub fn new(token: &'t VerifiedToken, now: u64, skew: u64) -> Self {
        Self { token, latest: now.saturating_add(skew), now, checks: Vec::new(), fresh: false }
    }

    /// From here on every sign-in counts as recent, to find out whether another sign-in would help.
    pub fn assume_fresh(&mut self) {
        self.fresh = true;
    }

    /// Calls a function of the application.
    pub async fn ask(&mut self, check: &'static Check) {
        let verdict = check.call.of_token(self.token).await;
        self.checks.push((check, verdict));
    }
}

/// Access tokens contain no roles, so a condition on a role is unknown. The token decides every other condition,
/// unless its claims cannot be read. The audience was checked before, so the token is for the organizations and
/// resources of the conditions.
impl Facts for TokenFacts<'_> {
    fn role(&self, _: &str) -> Option<bool> {
        None
    }

    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> Option<bool>) -> Option<bool> {
        self.token.claim(path, fits)
    }

    fn check(&self, check: &'static Check) -> Option<bool> {
        let asked = self.checks.iter().find(|(asked, _)| std::ptr::eq(*asked, check));
        asked.map(|(_, verdict)| *verdict)
    }

    fn member(&self, _: &'static Organization) -> Option<bool> {
        Some(self.token.organization().is_some())
    }

    fn organization_role(&self, _: &'static Organization, _: &str) -> Option<bool> {
        None
    }

    fn scope(&self, _: Target, scope: &str) -> Option<bool> {
        Some(self.token.scopes().iter().any(|granted| granted == scope))
    }

    fn is_denied(&self, _: Target) -> bool {
        false
    }

    fn is_machine(&self) -> Option<bool> {
        Some(self.token.is_machines())
    }

    fn signed_in_within(&self, seconds: u64) -> Option<bool> {
        if self.fresh {
            return Some(true);
        }
        is_within(seconds, self.token.authenticated_at(), self.now, self.latest)
    }
}
