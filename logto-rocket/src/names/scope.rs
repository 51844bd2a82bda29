//! Scopes, which a sign-in asks for ([`Config::scopes()`](crate::Config::scopes)), and the claims that come with them.

/// An ID token, with the claim `sub`. Every sign-in asks for it.
pub const OPENID: &str = "openid";

/// A refresh token, by which sessions outlive the first access token. Logto gives it together with the
/// prompt `consent` only. Every sign-in asks for it, unless
/// [`include_reserved_scopes`](crate::Config::include_reserved_scopes) is `false`.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Name, user name, picture and what else a profile has. Every sign-in asks for it, unless
/// [`include_reserved_scopes`](crate::Config::include_reserved_scopes) is `false`.
pub const PROFILE: &str = "profile";

/// The claims `email` and `email_verified`.
pub const EMAIL: &str = "email";

/// The claims `phone_number` and `phone_number_verified`.
pub const PHONE: &str = "phone";

/// The claim `address`.
pub const ADDRESS: &str = "address";

/// The claim `custom_data`, which Logto has in user info only. Users can edit it where Logto's account
/// center allows it.
pub const CUSTOM_DATA: &str = "custom_data";

/// The claims `identities` and `sso_identities`, which Logto has in user info only: the user's accounts at
/// social and enterprise connectors.
pub const IDENTITIES: &str = "identities";

/// The user's roles: the claim `roles`.
pub const ROLES: &str = "roles";

/// The user's organizations: the claims `organizations` and, in user info, `organization_data`, and
/// tokens for organizations.
pub const ORGANIZATIONS: &str = "urn:logto:scope:organizations";

/// The user's roles in organizations: the claim `organization_roles`.
pub const ORGANIZATION_ROLES: &str = "urn:logto:scope:organization_roles";

/// In a request for a token of Logto's Management API: all that the application may do there.
pub const ALL: &str = "all";
