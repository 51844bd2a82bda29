//! The names that Logto gives to [scopes](scope), [claims](claim) and resources.
//!
//! ```
//! use std::collections::HashMap;
//!
//! use logto_rocket::names::{claim, scope};
//! use logto_rocket::{Config, LogtoUser, SessionConfig};
//!
//! let config = Config::new()
//!     .scopes([scope::EMAIL, scope::ROLES, scope::CUSTOM_DATA])
//!     .session(SessionConfig::new().user_info(true).claims([
//!         claim::NAME,
//!         claim::EMAIL,
//!         claim::ROLES,
//!         claim::CUSTOM_DATA,
//!     ]));
//!
//! fn theme(user: &LogtoUser) -> Option<String> {
//!     let preferences: HashMap<String, String> = user.claims().get(claim::CUSTOM_DATA).ok()??;
//!     preferences.get("theme").cloned()
//! }
//! ```

pub mod claim;
pub mod scope;

/// The prefix of an organization's id in the audience of an access token for the organization.
pub const ORGANIZATION_AUDIENCE: &str = "urn:logto:organization:";

/// The resource that represents all organizations. A sign-in asks for it if a requirement names a scope in an
/// organization.
pub const ORGANIZATIONS_RESOURCE: &str = "urn:logto:resource:organizations";

/// The Management API of every self-hosted Logto, as a resource. That of a tenant of Logto Cloud is
/// `https://{tenant id}.logto.app/api`; [`ClientCredentials::management_api()`](crate::ClientCredentials::management_api)
/// knows which one it is.
pub const OWN_MANAGEMENT_API: &str = "https://default.logto.app/api";
