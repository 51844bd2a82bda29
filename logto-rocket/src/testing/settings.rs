use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::registered::Registered;
pub(super) use crate::names::ORGANIZATIONS_RESOURCE as ORGANIZATIONS;

/// What a builder described. Nothing changes later, except that applications register their URIs.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(super) struct Settings {
    pub(super) apps: Vec<App>,
    pub(super) redirect_uris: Registered,
    pub(super) post_logout_redirect_uris: Registered,
    pub(super) resources: Vec<Resource>,
    /// Resources that are not described exist too, and define every scope.
    pub(super) any_resource: bool,
    pub(super) roles: Vec<Role>,
    /// Those that have a name of their own; the others are called by their id.
    pub(super) organizations: Vec<Organization>,
    /// Rotate refresh tokens at each use, not only late in their life.
    pub(super) rotating: bool,
    /// The back-channel logout URI of the first application.
    pub(super) backchannel_logout_uri: Option<String>,
    /// Where webhooks are posted.
    pub(super) webhook_url: Option<String>,
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
    pub(super) machine: Option<Machine>,
}

/// What a machine-to-machine application may do.
#[derive(Debug, Clone)]
pub(super) enum Machine {
    /// These scopes, by resource or organization.
    Some(Vec<(String, Vec<String>)>),
    /// Everything, everywhere.
    All,
}

/// The scopes that are permitted somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Permitted {
    Some(BTreeSet<String>),
    All,
}

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

impl Permitted {
    pub(super) fn has(&self, scope: &str) -> bool {
        match self {
            Self::Some(scopes) => scopes.contains(scope),
            Self::All => true,
        }
    }
}

impl Settings {
    pub(super) fn app(&self, id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.id == id)
    }

    /// Whether there is this API resource.
    pub(super) fn has_resource(&self, indicator: &str) -> bool {
        self.any_resource || self.resource(indicator).is_some()
    }

    /// Whether a resource defines this scope. What organizations permit is defined by their roles.
    pub(super) fn defines(&self, resource: &str, scope: &str) -> bool {
        let mut by_role = self.roles.iter().filter(|role| role.resource == resource);
        let described = self.resource(resource);
        described.map_or(self.any_resource, |it| it.scopes.iter().any(|s| s == scope))
            || by_role.any(|role| role.scopes.iter().any(|s| s == scope))
    }

    /// What a machine may do at a resource or in an organization; `None` if nothing.
    pub(super) fn machine_permissions(&self, app: &str, target: &str) -> Option<Permitted> {
        match self.app(app)?.machine.as_ref()? {
            Machine::All => Some(Permitted::All),
            Machine::Some(permissions) => {
                let (_, scopes) = permissions.iter().find(|(known, _)| known == target)?;
                Some(Permitted::Some(scopes.iter().cloned().collect()))
            }
        }
    }

    fn resource(&self, indicator: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.indicator == indicator)
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
}
