//! [`Asks`]: the scopes and resources that a sign-in must ask for so that a requirement can be
//! decided.

use std::collections::BTreeSet;

use super::node::Node;
use crate::names::{ORGANIZATION_ROLES, ORGANIZATIONS, ORGANIZATIONS_RESOURCE, ROLES};

/// Scopes and resources of the authorization request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asks {
    pub scopes: BTreeSet<&'static str>,
    pub resources: BTreeSet<&'static str>,
}

impl Asks {
    pub fn add_all(&mut self, nodes: &'static [Node]) {
        for node in nodes {
            self.add(node);
        }
    }

    fn add(&mut self, node: &'static Node) {
        match node {
            Node::Roles(_) => self.scopes.extend([ROLES]),
            Node::Scopes { resource, organization, scopes } => {
                self.scopes.extend(*scopes);
                self.resources.extend(resource.map(|resource| resource.uri));
                if organization.is_some() {
                    self.add_organizations();
                }
            }
            Node::Organization(_) => self.add_organizations(),
            Node::OrganizationRole { .. } => {
                self.add_organizations();
                self.scopes.extend([ORGANIZATION_ROLES]);
            }
            Node::Claim { path, .. } => {
                self.scopes.extend(path.first().and_then(|claim| scope_of(claim)));
            }
            Node::All(nodes) | Node::Any(nodes) => self.add_all(nodes),
            Node::Not(node) => self.add(node),
            Node::Resource(_) | Node::Machine | Node::MaxAge { .. } | Node::Check(_) => {}
        }
    }

    /// Logto gives permissions in an organization only to a sign-in that also asked for the
    /// resource of organizations.
    fn add_organizations(&mut self) {
        self.scopes.extend([ORGANIZATIONS]);
        self.resources.extend([ORGANIZATIONS_RESOURCE]);
    }
}

/// The scope that a claim of Logto's comes with.
pub(crate) fn scope_of(claim: &str) -> Option<&'static str> {
    Some(match claim {
        "name" | "username" | "picture" | "given_name" | "family_name" | "middle_name"
        | "nickname" | "preferred_username" | "profile" | "website" | "gender" | "birthdate"
        | "zoneinfo" | "locale" | "created_at" | "updated_at" => "profile",
        "email" | "email_verified" => "email",
        "phone_number" | "phone_number_verified" => "phone",
        "address" => "address",
        "custom_data" => "custom_data",
        "identities" | "sso_identities" => "identities",
        "roles" => ROLES,
        "organizations" | "organization_data" => ORGANIZATIONS,
        "organization_roles" => ORGANIZATION_ROLES,
        _ => return None,
    })
}

/// Whether users can edit a claim where Logto's account center allows it.
pub(crate) fn is_editable(claim: &str) -> bool {
    let is_of_logto = matches!(claim, "created_at" | "updated_at");
    matches!(scope_of(claim), Some("profile" | "address" | "custom_data")) && !is_of_logto
}

/// Whether the absence of a claim from the ID token is not meaningful, because Logto usually
/// returns it only in user info.
pub(crate) fn is_elsewhere(claim: &str) -> bool {
    matches!(claim, "custom_data" | "identities" | "sso_identities" | "organization_data")
}
