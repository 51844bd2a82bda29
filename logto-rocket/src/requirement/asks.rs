//! [`Asks`]: the scopes and resources that a sign-in must ask for so that a requirement can be
//! decided.

use std::collections::BTreeSet;

use super::node::Node;
use crate::names::{ORGANIZATIONS_RESOURCE, claim, scope};

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
            Node::Roles(_) => self.scopes.extend([scope::ROLES]),
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
                self.scopes.extend([scope::ORGANIZATION_ROLES]);
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
        self.scopes.extend([scope::ORGANIZATIONS]);
        self.resources.extend([ORGANIZATIONS_RESOURCE]);
    }
}

/// The scope that a claim of Logto's comes with.
pub(crate) fn scope_of(claim: &str) -> Option<&'static str> {
    Some(match claim {
        claim::NAME
        | claim::USERNAME
        | claim::PICTURE
        | claim::GIVEN_NAME
        | claim::FAMILY_NAME
        | claim::MIDDLE_NAME
        | claim::NICKNAME
        | claim::PREFERRED_USERNAME
        | claim::PROFILE
        | claim::WEBSITE
        | claim::GENDER
        | claim::BIRTHDATE
        | claim::ZONEINFO
        | claim::LOCALE
        | claim::CREATED_AT
        | claim::UPDATED_AT => scope::PROFILE,
        claim::EMAIL | claim::EMAIL_VERIFIED => scope::EMAIL,
        claim::PHONE_NUMBER | claim::PHONE_NUMBER_VERIFIED => scope::PHONE,
        claim::ADDRESS => scope::ADDRESS,
        claim::CUSTOM_DATA => scope::CUSTOM_DATA,
        claim::IDENTITIES | claim::SSO_IDENTITIES => scope::IDENTITIES,
        claim::ROLES => scope::ROLES,
        claim::ORGANIZATIONS | claim::ORGANIZATION_DATA => scope::ORGANIZATIONS,
        claim::ORGANIZATION_ROLES => scope::ORGANIZATION_ROLES,
        _ => return None,
    })
}

/// Whether users can edit a claim where Logto's account center allows it.
pub(crate) fn is_editable(claim: &str) -> bool {
    let is_of_logto = matches!(claim, claim::CREATED_AT | claim::UPDATED_AT);
    let scope = scope_of(claim);
    matches!(scope, Some(scope::PROFILE | scope::ADDRESS | scope::CUSTOM_DATA)) && !is_of_logto
}

/// Whether the absence of a claim from the ID token is not meaningful, because Logto usually
/// returns it only in user info.
pub(crate) fn is_elsewhere(claim: &str) -> bool {
    matches!(
        claim,
        claim::CUSTOM_DATA | claim::IDENTITIES | claim::SSO_IDENTITIES | claim::ORGANIZATION_DATA
    )
}

/// Whether Logto sends a claim to each sign-in that it grants the scope, `null` or an empty list if the user has
/// none. Its absence then means that Logto did not grant the scope.
pub(crate) fn is_always_sent(claim: &str) -> bool {
    matches!(
        claim,
        claim::NAME
            | claim::USERNAME
            | claim::PICTURE
            | claim::CREATED_AT
            | claim::UPDATED_AT
            | claim::EMAIL
            | claim::EMAIL_VERIFIED
            | claim::PHONE_NUMBER
            | claim::PHONE_NUMBER_VERIFIED
            | claim::ROLES
            | claim::ORGANIZATIONS
            | claim::ORGANIZATION_ROLES
    )
}
