//! Claims, of users in ID tokens and user info, and of access tokens ([`Claims::get()`](crate::Claims::get)).

/// The user's id at Logto, which alone identifies the user.
pub const SUB: &str = "sub";

/// The full name (scope `profile`).
pub const NAME: &str = "name";

/// The unique name that the user signs in with (scope `profile`).
pub const USERNAME: &str = "username";

/// The address of an avatar (scope `profile`).
pub const PICTURE: &str = "picture";

/// The given name (scope `profile`).
pub const GIVEN_NAME: &str = "given_name";

/// The family name (scope `profile`).
pub const FAMILY_NAME: &str = "family_name";

/// The middle name (scope `profile`).
pub const MIDDLE_NAME: &str = "middle_name";

/// The nickname (scope `profile`).
pub const NICKNAME: &str = "nickname";

/// The name that the user wishes to be called by (scope `profile`).
pub const PREFERRED_USERNAME: &str = "preferred_username";

/// The address of a profile page (scope `profile`).
pub const PROFILE: &str = "profile";

/// The address of the user's own site (scope `profile`).
pub const WEBSITE: &str = "website";

/// The gender (scope `profile`).
pub const GENDER: &str = "gender";

/// The birthday (scope `profile`).
pub const BIRTHDATE: &str = "birthdate";

/// The time zone (scope `profile`).
pub const ZONEINFO: &str = "zoneinfo";

/// The language (scope `profile`).
pub const LOCALE: &str = "locale";

/// When the user was created, in milliseconds since the Unix epoch (scope `profile`).
pub const CREATED_AT: &str = "created_at";

/// When the user was last changed, in milliseconds since the Unix epoch (scope `profile`). Every sign-in
/// changes it.
pub const UPDATED_AT: &str = "updated_at";

/// The e-mail address (scope `email`).
pub const EMAIL: &str = "email";

/// Whether Logto has verified the e-mail address (scope `email`).
pub const EMAIL_VERIFIED: &str = "email_verified";

/// The phone number (scope `phone`).
pub const PHONE_NUMBER: &str = "phone_number";

/// Whether Logto has verified the phone number (scope `phone`).
pub const PHONE_NUMBER_VERIFIED: &str = "phone_number_verified";

/// The postal address (scope `address`).
pub const ADDRESS: &str = "address";

/// Data of your own about the user (scope `custom_data`; in user info). Users can edit it where Logto's
/// account center allows it.
pub const CUSTOM_DATA: &str = "custom_data";

/// The user's accounts at social connectors (scope `identities`; in user info).
pub const IDENTITIES: &str = "identities";

/// The user's accounts at enterprise connectors (scope `identities`; in user info).
pub const SSO_IDENTITIES: &str = "sso_identities";

/// The names of the user's roles (scope `roles`).
pub const ROLES: &str = "roles";

/// The ids of the user's organizations (scope `urn:logto:scope:organizations`).
pub const ORGANIZATIONS: &str = "organizations";

/// The names of the organizations (scope `urn:logto:scope:organizations`; in user info).
pub const ORGANIZATION_DATA: &str = "organization_data";

/// The user's roles in organizations, as `<organization id>:<role name>` (scope
/// `urn:logto:scope:organization_roles`).
pub const ORGANIZATION_ROLES: &str = "organization_roles";

/// When the user last entered a password or a factor, in seconds since the Unix epoch. It is there only if
/// the sign-in asked for it ([`max_age`](crate::SignInBuilder::max_age)).
pub const AUTH_TIME: &str = "auth_time";

/// The id of the session at Logto. It is there only if back-channel logout requires it.
pub const SID: &str = "sid";

/// In an access token: the application that it was given to.
pub const CLIENT_ID: &str = "client_id";

/// In an access token: the organization in which the resource is accessed.
pub const ORGANIZATION_ID: &str = "organization_id";

/// In an access token: what it permits, separated by spaces.
pub const SCOPE: &str = "scope";
