//! [`Key`]: the keyword of a condition.

use syn::Ident;

/// The keyword that a condition begins with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Key {
    Role,
    Roles,
    Scope,
    Scopes,
    Organization,
    OrganizationRole,
    Resource,
    MaxAge,
    Claim,
    Check,
    Machine,
    All,
    Any,
    Not,
    Session,
    Bearer,
    Background,
}

impl Key {
    pub(super) const EVERY: [Self; 17] = [
        Self::Role,
        Self::Roles,
        Self::Scope,
        Self::Scopes,
        Self::Organization,
        Self::OrganizationRole,
        Self::Resource,
        Self::MaxAge,
        Self::Claim,
        Self::Check,
        Self::Machine,
        Self::All,
        Self::Any,
        Self::Not,
        Self::Session,
        Self::Bearer,
        Self::Background,
    ];

    pub(super) fn named(keyword: &Ident) -> Option<Self> {
        Self::EVERY.into_iter().find(|key| keyword == key.name())
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Roles => "roles",
            Self::Scope => "scope",
            Self::Scopes => "scopes",
            Self::Organization => "organization",
            Self::OrganizationRole => "organization_role",
            Self::Resource => "resource",
            Self::MaxAge => "max_age",
            Self::Claim => "claim",
            Self::Check => "check",
            Self::Machine => "machine",
            Self::All => "all",
            Self::Any => "any",
            Self::Not => "not",
            Self::Session => "session",
            Self::Bearer => "bearer",
            Self::Background => "background",
        }
    }

    /// The signature of a function that is given as the value.
    pub(super) fn signature(self) -> &'static str {
        match self {
            Self::Organization => "async fn(&Request<'_>) -> Option<String>",
            _ => "fn(&LogtoUser) -> bool",
        }
    }

    /// An example with the path of a function.
    pub(super) fn function_example(self) -> &'static str {
        match self {
            Self::Organization => "organization = tenant_of",
            _ => Self::Check.example(),
        }
    }

    /// An example.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Role => r#"role = "admin""#,
            Self::Roles => r#"roles("admin", "auditor")"#,
            Self::Scope => r#"scope = "read:orders""#,
            Self::Scopes => r#"scopes("read:orders", "write:orders")"#,
            Self::Organization => r#"organization = "<org>""#,
            Self::OrganizationRole => r#"organization_role = "owner""#,
            Self::Resource => "resource = Orders",
            Self::MaxAge => r#"max_age = "15m""#,
            Self::Claim => r#"claim("department" = "ops")"#,
            Self::Check => "check = business_hours",
            Self::All => r#"all(role = "support", check = business_hours)"#,
            Self::Any => r#"any(role = "admin", role = "auditor")"#,
            Self::Not => r#"not(role = "trial")"#,
            Self::Machine => "bearer, resource = Orders, machine",
            Self::Session => r#"session, bearer, resource = Orders, scope = "read:orders""#,
            Self::Bearer => r#"bearer, resource = Orders, scope = "read:orders""#,
            Self::Background => r#"background, role = "admin""#,
        }
    }
}
