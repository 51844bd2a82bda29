//! The names that Logto gives to scopes and resources.

/// The scope of the user's roles: claim `roles`.
pub const ROLES: &str = "roles";

/// The scope of the user's organizations: claims `organizations` and `organization_data`, and
/// tokens for organizations.
pub const ORGANIZATIONS: &str = "urn:logto:scope:organizations";

/// The scope of the user's roles in organizations: claim `organization_roles`.
pub const ORGANIZATION_ROLES: &str = "urn:logto:scope:organization_roles";

/// The prefix of an organization's id in the audience of an access token for the organization.
pub const ORGANIZATION_AUDIENCE: &str = "urn:logto:organization:";

/// The resource that represents all organizations. A sign-in asks for it if a requirement names a scope in an
/// organization.
pub const ORGANIZATIONS_RESOURCE: &str = "urn:logto:resource:organizations";
