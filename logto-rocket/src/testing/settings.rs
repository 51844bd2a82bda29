use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

/// The resource that stands for an organization's own permissions.
pub(super) const ORGANIZATIONS: &str = "urn:logto:resource:organizations";

/// What a builder described and nothing changes later.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) apps: Vec<App>,
    /// None means: any URI on a loopback host.
    pub(super) redirect_uris: Vec<String>,
    pub(super) post_logout_redirect_uris: Vec<String>,
    pub(super) resources: Vec<Resource>,
    pub(super) roles: Vec<Role>,
    /// Those that have a name of their own; the others are called by their id.
    pub(super) organizations: Vec<Organization>,
    /// Rotate refresh tokens at each use, not only late in their life.
    pub(super) rotating: bool,
    /// The back-channel logout URI of the first application.
    pub(super) backchannel_logout_uri: Option<String>,
    /// Put `sid` into the ID tokens.
    pub(super) session_required: bool,
    /// Let the applications exchange tokens.
    pub(super) token_exchange: bool,
}

#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: String,
    /// A machine-to-machine application may use `client_credentials` and nothing else.
    pub(super) machine: Option<Permissions>,
}

/// What a machine-to-machine application may do: scopes by resource or organization.
pub(super) type Permissions = Vec<(String, Vec<String>)>;

#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) indicator: String,
    pub(super) scopes: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: String,
    /// A role in organizations, not a global one.
    pub(super) of_organization: bool,
    pub(super) resource: String,
    pub(super) scopes: Vec<String>,
}

impl Settings {
    pub(super) fn app(&self, id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.id == id)
    }

    pub(super) fn resource(&self, indicator: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.indicator == indicator)
    }

    /// Whether a resource defines this scope. What organizations permit is defined by their roles.
    pub(super) fn defines(&self, resource: &str, scope: &str) -> bool {
        let mut by_role = self.roles.iter().filter(|role| role.resource == resource);
        self.resource(resource).is_some_and(|resource| resource.scopes.iter().any(|s| s == scope))
            || by_role.any(|role| role.scopes.iter().any(|s| s == scope))
    }

    /// An organization as in userinfo.
    pub(super) fn organization(&self, id: &str) -> Value {
        let known = self.organizations.iter().find(|organization| organization.id == id);
        let name = known.map_or(id, |organization| &organization.name);
        let description = known.and_then(|organization| organization.description.as_deref());
        json!({ "id": id, "name": name, "description": description })
    }

    pub(super) fn permissions(
        &self,
        roles: &[String],
        of_organization: bool,
        resource: &str,
    ) -> BTreeSet<String> {
        self.roles
            .iter()
            .filter(|role| role.of_organization == of_organization && role.resource == resource)
            .filter(|role| roles.contains(&role.name))
            .flat_map(|role| role.scopes.iter().cloned())
            .collect()
    }

    pub(super) fn redirect_uri_is_registered(&self, uri: &str) -> bool {
        is_registered(&self.redirect_uris, uri)
    }

    pub(super) fn post_logout_redirect_uri_is_registered(&self, uri: &str) -> bool {
        is_registered(&self.post_logout_redirect_uris, uri)
    }
}

/// Compares as Logto does: exactly, after the normalisation of URLs.
fn is_registered(registered: &[String], uri: &str) -> bool {
    let Ok(uri) = Url::parse(uri) else { return false };
    if registered.is_empty() {
        let web = matches!(uri.scheme(), "http" | "https");
        return web && matches!(uri.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    }
    registered.iter().any(|known| Url::parse(known).is_ok_and(|known| known == uri))
}
