//! What a requirement says is read back from the text that it displays as.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;
use super::{leak, node, tree_of};
use crate::resource::Indicator;

proptest! {
    #[test]
    fn a_requirement_that_is_read_back_tells_of_each_condition_on_claims(nodes in vec(node(), 0..4)) {
        let tree = tree_of(leak(nodes));
        let (mut conditions, mut has_max_age, mut has_organization) = (Vec::new(), false, false);
        tree.visit(|node| {
            has_organization |= matches!(node, Node::Organization(_));
            let claim = match node {
                Node::Roles(_) => "roles".to_owned(),
                Node::OrganizationRole { .. } => "organization_roles".to_owned(),
                Node::Claim { path, .. } => path[0].to_owned(),
                Node::MaxAge { .. } => return has_max_age = true,
                _ => return,
            };
            conditions.push((node.to_string(), claim));
        });
        let text = tree.to_string();
        let read = Written(&text);
        let of_claims = read.conditions().map(|(text, claim)| (text.to_owned(), claim.to_owned()));
        prop_assert_eq!(of_claims.collect::<Vec<_>>(), conditions);
        prop_assert_eq!(read.has_max_age(), has_max_age);
        prop_assert_eq!(read.has_organization(), has_organization);
        let scopes: BTreeSet<_> = read.scopes().into_iter().collect();
        prop_assert_eq!(scopes, tree.scopes().into_iter().map(ToOwned::to_owned).collect());
        prop_assert_eq!(read.accepts_sessions(), tree.accepts().sessions());
        prop_assert_eq!(read.accepts_tokens(), tree.accepts().audience().is_some());
    }
}

#[test]
fn the_resource_of_tokens_is_read_back_by_its_uri() {
    let resource = Indicator { name: "Orders", uri: r#"https://o.example/"\resource"# };
    let audience = Audience { resource: Some(resource), organization: None };
    let all: &[_] = &[
        Node::Claim { path: &["x"], literal: Literal::Text("resource = \"urn:other\"") },
        Node::Resource(resource),
        Node::Any(leak(vec![Node::Not(
            leak(vec![Node::Scopes {
                resource: Some(resource),
                organization: None,
                scopes: &["read:orders"],
            }])
            .first()
            .expect("one"),
        )])),
    ];
    for accepts in [Accepts::Bearer(audience), Accepts::Either(audience)] {
        let text = Tree { accepts, all: leak(all.to_vec()) }.with_uris();
        let read = Written(&text);
        assert_eq!(read.resource().as_deref(), Some(resource.uri), "{text}");
        assert_eq!(read.scopes(), ["read:orders"], "{text}");
        assert!(!read.has_organization(), "{text}");
    }
    let text = Tree { accepts: Accepts::Session, all: leak(all.to_vec()) }.with_uris();
    assert_eq!(Written(&text).resource(), None, "{text}");
    let found = Node::Organization(Organization::Resolver(Resolver {
        name: "tenants::of",
        call: |_| Box::pin(std::future::ready(None)),
    }));
    assert!(Written(&tree_of(leak(vec![found])).to_string()).has_organization());
}

#[test]
fn no_text_within_a_condition_is_read_as_another_one() {
    let tree = tree_of(leak(vec![
        Node::Roles(&["a\") role = \"b", "claim(\"x\" = true)", "\\"]),
        Node::Check(Check {
            name: "claim",
            call: CheckFn::User(|_| Box::pin(std::future::ready(true))),
        }),
        Node::Claim { path: &["plan", "role"], literal: Literal::Bool(true) },
    ]));
    let text = tree.to_string();
    let claims: Vec<_> = Written(&text).conditions().map(|(_, claim)| claim).collect();
    assert_eq!(claims, ["roles", "plan"], "{text}");
    for broken in ["role = \"", "roles(\"a", "claim(\"\\", "role", "claim(", "\"", "é\"ü", ""] {
        assert!(Written(broken).conditions().count() < 2, "{broken}");
    }
}
