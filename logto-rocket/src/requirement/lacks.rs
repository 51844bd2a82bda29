//! Which kinds of rights a user lacks who does not meet a requirement.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::node::Node;
use super::organization::Organization;
use crate::error::Lack;

/// What kinds of rights these refused conditions are about: each kind once, in a fixed order. The result is
/// empty if no kind has a name that a page can show.
pub(super) fn lacks(refused: &[&'static Node], facts: &impl Facts) -> Vec<Lack> {
    let mut lacks = BTreeSet::new();
    for node in refused {
        add(node, facts, &mut lacks);
    }
    let has_a_name = lacks.iter().any(|lack| *lack != Lack::Condition);
    lacks.into_iter().filter(|_| has_a_name).collect()
}

fn add(node: &'static Node, facts: &impl Facts, lacks: &mut BTreeSet<Lack>) {
    let lack = match node {
        Node::All(nodes) | Node::Any(nodes) => {
            for node in nodes.iter().filter(|node| node.is_lacking(facts)) {
                add(node, facts, lacks);
            }
            return;
        }
        Node::Roles(_) => Lack::Role,
        Node::Scopes { .. } => Lack::Permission,
        Node::Organization(organization) => Lack::Membership { here: is_here(organization) },
        Node::OrganizationRole { organization, .. } => {
            Lack::OrganizationRole { here: is_here(organization) }
        }
        Node::Claim { .. } => Lack::Detail,
        Node::Check(_) | Node::Not(_) | Node::Machine | Node::MaxAge { .. } | Node::Resource(_) => {
            Lack::Condition
        }
    };
    lacks.insert(lack);
}

/// Whether an organization is the one that the request is about.
fn is_here(organization: &Organization) -> bool {
    match organization {
        Organization::Segment { .. } | Organization::Resolver(_) => true,
        Organization::Id(_) => false,
    }
}
