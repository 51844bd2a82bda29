//! [`Facts`]: what is known when a requirement is decided; [`Question`]: what can still be asked.

use serde_json::Value;

use super::check::Check;
use super::organization::{Organization, Resolver};
use crate::resource::Indicator;

/// What is known about a request when a requirement is decided. `None` means unknown.
pub(crate) trait Facts {
    fn role(&self, role: &str) -> Option<bool>;
    /// Whether the claim at a path is something that `fits`, if that says so.
    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> Option<bool>) -> Option<bool>;
    fn check(&self, check: &'static Check) -> Option<bool>;
    fn member(&self, organization: &'static Organization) -> Option<bool>;
    fn organization_role(&self, organization: &'static Organization, role: &str) -> Option<bool>;
    fn scope(&self, target: Target, scope: &str) -> Option<bool>;
    /// Whether Logto denies the user the access token that would decide.
    fn is_denied(&self, target: Target) -> bool;
    /// Whether an application makes the request for itself.
    fn is_machine(&self) -> Option<bool>;
    /// Whether the user has signed in at Logto within so many seconds. Unknown if the time of the sign-in is.
    fn signed_in_within(&self, seconds: u64) -> Option<bool>;
}

/// What an access token is for.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub resource: Option<&'static str>,
    pub organization: Option<&'static Organization>,
}

/// A question whose answer adds to the facts.
#[derive(Clone, Copy)]
pub(crate) enum Question {
    /// Which organization the request is about.
    Resolver(&'static Resolver),
    /// The answer of the application's function.
    Check(&'static Check),
    /// The scopes that Logto grants.
    Token(Target),
}

impl Target {
    pub(super) fn new(
        resource: Option<&Indicator>,
        organization: Option<&'static Organization>,
    ) -> Self {
        Self { resource: resource.map(|resource| resource.uri), organization }
    }

    pub fn of(organization: &'static Organization) -> Self {
        Self { resource: None, organization: Some(organization) }
    }
}

impl Question {
    pub(super) fn resolver(organization: &'static Organization) -> Option<Self> {
        match organization {
            Organization::Resolver(resolver) => Some(Self::Resolver(resolver)),
            Organization::Id(_) | Organization::Segment { .. } => None,
        }
    }
}

/// Whether a time is at most so many seconds ago. A time later than `latest` says nothing.
pub(super) fn is_within(seconds: u64, at: Option<u64>, now: u64, latest: u64) -> Option<bool> {
    let at = at.filter(|at| *at <= latest)?;
    Some(now.saturating_sub(at) <= seconds)
}
