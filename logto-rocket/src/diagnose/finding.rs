//! [`Finding`]: what one check of a diagnosis has found.

use std::fmt;

/// The result of one check of a [`Diagnosis`](crate::Diagnosis).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    check: DiagnosisCheck,
    subject: Option<String>,
    outcome: DiagnosisOutcome,
    found: String,
    cure: Option<String>,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DiagnosisCheck {
    /// Whether Logto's discovery document is at the configured address.
    Endpoint,
    /// Whether that document names the configured issuer.
    Issuer,
    /// Whether this server's clock and Logto's differ by no more than `clock_skew`.
    Clock,
    /// Whether Logto publishes keys for algorithms that this crate accepts, or for the one that
    /// `signing_algorithm` sets.
    SigningKeys,
    /// Whether Logto knows the application.
    AppId,
    /// Whether Logto accepts the app secret.
    AppSecret,
    /// Whether a redirect URI is registered at Logto: one finding for each host.
    RedirectUri,
    /// Whether a post sign-out redirect URI is registered at Logto: one finding for each host.
    PostSignOutUri,
    /// Whether Logto lets the application sign users in. If Logto refuses sign-ins for a reason other than
    /// their scopes and API resources, there is one finding for each error code. If Logto lacks an endpoint that
    /// the configuration uses, there is one finding for each. Otherwise there is no finding.
    SignIn,
    /// Whether Logto accepts a sign-in that asks for the scopes of this application. Logto leaves out scopes
    /// that it does not know, without an error.
    Scopes,
    /// Whether the API resources that sign-ins ask for are registered at Logto: one finding for each resource
    /// that is not, or one finding if all are.
    Resource,
    /// Whether `base_url`, with its path, port and scheme, leads to this process: one finding for each
    /// host.
    BaseUrl,
    /// Whether the session store keeps a record that is written to it, if sessions are in a store.
    Store,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiagnosisOutcome {
    /// The set-up is right.
    Good,
    /// The set-up is wrong, and users see errors until it is corrected.
    Wrong,
    /// This process could not find out the answer.
    Unknown,
}

impl Finding {
    /// What was checked.
    pub fn check(&self) -> DiagnosisCheck {
        self.check
    }

    /// Which one of several was checked: a redirect URI, a resource, or an address of the site.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The outcome of the check.
    pub fn outcome(&self) -> DiagnosisOutcome {
        self.outcome
    }

    /// What the check found, as a text without secrets.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// What to do if the outcome is wrong, or how to find out the answer if it is unknown.
    pub fn cure(&self) -> Option<&str> {
        self.cure.as_deref()
    }

    pub(super) fn good(check: DiagnosisCheck, found: impl Into<String>) -> Self {
        Self::new(check, DiagnosisOutcome::Good, found.into(), None)
    }

    pub(super) fn wrong(
        check: DiagnosisCheck,
        found: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self::new(check, DiagnosisOutcome::Wrong, found.into(), Some(cure.into()))
    }

    /// The cure says how to find out the answer.
    pub(super) fn unknown(
        check: DiagnosisCheck,
        found: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self::new(check, DiagnosisOutcome::Unknown, found.into(), Some(cure.into()))
    }

    /// The same of one of several.
    pub(super) fn of(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    fn new(
        check: DiagnosisCheck,
        outcome: DiagnosisOutcome,
        found: String,
        cure: Option<String>,
    ) -> Self {
        Self { check, subject: None, outcome, found, cure }
    }
}

impl DiagnosisCheck {
    /// Its name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Issuer => "issuer",
            Self::Clock => "clock",
            Self::SigningKeys => "signing keys",
            Self::AppId => "app id",
            Self::AppSecret => "app secret",
            Self::RedirectUri => "redirect URI",
            Self::PostSignOutUri => "post sign-out redirect URI",
            Self::SignIn => "sign-in",
            Self::Scopes => "scopes",
            Self::Resource => "API resource",
            Self::BaseUrl => "base URL",
            Self::Store => "session store",
        }
    }
}

impl DiagnosisOutcome {
    /// `good`, `wrong` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for DiagnosisCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for DiagnosisOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
