//! Requirements are judged as three-valued logic says, and display in the grammar's words.

mod doubts;
mod read_back;
mod words;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::facts::Target;
use super::*;
use crate::error::Lack;
use crate::resource::Indicator;

proptest! {
    #[test]
    fn a_requirement_is_judged_as_a_naive_evaluator_judges_it(
        nodes in vec(node(), 0..4),
        known in vec(any::<Option<bool>>(), 1..12),
    ) {
        let tree = tree_of(leak(nodes));
        let facts = Drawn(known);
        let naive = tree.all.iter().map(|node| naive(node, &facts)).min().unwrap_or(MET);
        prop_assert_eq!(tree.evaluate(&facts), [Answer::Refused, Answer::Unknown, Answer::Met][naive]);
    }

    #[test]
    fn what_is_decided_stays_so_when_more_is_known(
        nodes in vec(node(), 0..4),
        known in vec(any::<Option<bool>>(), 1..12),
        more in vec(any::<bool>(), 12),
    ) {
        let tree = tree_of(leak(nodes));
        let before = tree.evaluate(&Drawn(known.clone()));
        let all = known.iter().zip(more).map(|(known, more)| Some(known.unwrap_or(more)));
        let after = tree.evaluate(&Drawn(all.collect()));
        prop_assert_ne!(after, Answer::Unknown);
        if before != Answer::Unknown {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn nothing_is_asked_once_it_is_decided(
        nodes in vec(node(), 0..4),
        known in vec(any::<Option<bool>>(), 1..12),
    ) {
        let tree = tree_of(leak(nodes));
        let facts = Drawn(known);
        let decided = tree.evaluate(&facts) != Answer::Unknown;
        let questions = tree.questions(&facts);
        prop_assert!(!decided || questions.is_empty());
        let token = |question: &Question| matches!(question, Question::Token(_));
        prop_assert!(questions.is_sorted_by_key(token), "the application is asked before Logto");
    }
}

#[test]
fn it_displays_in_the_words_of_the_grammar() {
    let orders = Indicator { name: "Orders", uri: "urn:orders" };
    let organization = Organization::Segment { name: "org", index: 1 };
    let tree = Tree {
        accepts: Accepts::Session,
        all: leak(vec![
            Node::Resource(orders),
            Node::Scopes { resource: Some(orders), organization: None, scopes: &["a", "b"] },
            Node::Organization(organization),
            Node::OrganizationRole { organization, role: "owner" },
            Node::MaxAge { text: "15m", seconds: 900 },
            Node::Not(
                leak(vec![Node::Claim { path: &["a", "b"], literal: Literal::Number(-7) }])
                    .first()
                    .expect("one"),
            ),
        ]),
    };
    assert_eq!(
        tree.to_string(),
        r#"resource = Orders, scopes("a", "b"), organization = "<org>", organization_role = "owner", max_age = "15m", not(claim("a.b" = -7))"#
    );
    assert_eq!(tree_of(&[]).to_string(), "signed in");
    assert_eq!(tree.segments(), [1]);
    assert_eq!(tree.max_age(), Some(900));
}

#[test]
fn what_a_refused_user_lacks_has_a_kind() {
    let (here, elsewhere) =
        (Organization::Segment { name: "org", index: 0 }, Organization::Id("o"));
    let scopes = Node::Scopes { resource: None, organization: Some(here), scopes: &["a"] };
    let truth = Literal::Bool(true);
    let claim = Node::Claim { path: &["a"], literal: truth };
    let lacks = |nodes: Vec<Node>, known: bool| {
        tree_of(leak(nodes)).unmet(&Drawn(vec![Some(known)])).lacks().to_vec()
    };
    for (node, lack) in [
        (Node::Roles(&["a"]), Lack::Role),
        (scopes, Lack::Permission),
        (Node::Organization(here), Lack::Membership { here: true }),
        (Node::Organization(elsewhere), Lack::Membership { here: false }),
        (
            Node::OrganizationRole { organization: here, role: "r" },
            Lack::OrganizationRole { here: true },
        ),
        (
            Node::OrganizationRole { organization: elsewhere, role: "r" },
            Lack::OrganizationRole { here: false },
        ),
        (claim, Lack::Detail),
    ] {
        assert_eq!(lacks(vec![node], false), [lack]);
        let nested = leak(vec![Node::All(leak(vec![node])), Node::Roles(&["b"])]);
        assert!(lacks(vec![Node::Any(nested)], false).contains(&lack), "{node:?}");
        let met = leak(vec![node]).first().expect("one");
        assert_eq!(lacks(vec![Node::Not(met)], true), [], "a user who has too much lacks nothing");
        let unknown = tree_of(leak(vec![node])).unmet(&Drawn(vec![None]));
        assert_eq!(unknown.lacks(), [], "nobody knows whether the user has it");
        assert_eq!(unknown.as_str(), node.to_string());
    }
    let age = Node::MaxAge { text: "1m", seconds: 60 };
    assert_eq!(lacks(vec![age], false), [], "it has no name for people");
    assert_eq!(
        lacks(vec![age, claim, Node::Roles(&["a"]), Node::Roles(&["b"])], false),
        [Lack::Role, Lack::Detail, Lack::Condition]
    );
}

#[test]
fn what_a_requirement_needs_is_asked_of_logto() {
    let organization = Organization::Id("o");
    let asks = |node: Node| {
        let Asks { scopes, resources } =
            tree_of(leak(vec![Node::Not(&leak(vec![node])[0])])).asks();
        (Vec::from_iter(scopes), Vec::from_iter(resources))
    };
    let organizations = "urn:logto:scope:organizations";
    let reserved = "urn:logto:resource:organizations";
    assert_eq!(asks(Node::Roles(&["a"])), (vec!["roles"], vec![]));
    let orders = Some(Indicator { name: "Orders", uri: "urn:orders" });
    assert_eq!(
        asks(Node::Scopes { resource: orders, organization: None, scopes: &["a"] }),
        (vec!["a"], vec!["urn:orders"])
    );
    assert_eq!(
        asks(Node::Scopes { resource: None, organization: Some(organization), scopes: &["a"] }),
        (vec!["a", organizations], vec![reserved])
    );
    assert_eq!(asks(Node::Organization(organization)), (vec![organizations], vec![reserved]));
    assert_eq!(
        asks(Node::OrganizationRole { organization, role: "r" }),
        (vec!["urn:logto:scope:organization_roles", organizations], vec![reserved])
    );
    let email = Node::Claim { path: &["email_verified"], literal: Literal::Bool(true) };
    assert_eq!(asks(email), (vec!["email"], vec![]));
    assert_eq!(asks(Node::MaxAge { text: "1m", seconds: 60 }), (vec![], vec![]));
}

#[test]
fn what_tokens_must_be_is_asked_of_no_sign_in() {
    let orders = Indicator { name: "Orders", uri: "urn:orders" };
    let audience = Audience { resource: Some(orders), organization: None };
    let all = leak(vec![
        Node::Resource(orders),
        Node::Scopes { resource: Some(orders), organization: None, scopes: &["a"] },
        Node::Not(&Node::Machine),
    ]);
    let bearer = Tree { accepts: Accepts::Bearer(audience), all };
    assert_eq!(bearer.asks(), Asks::default());
    assert_eq!(bearer.scopes(), ["a"].into());
    assert_eq!(bearer.to_string(), r#"bearer, resource = Orders, scope = "a", not(machine)"#);
    let either = Tree { accepts: Accepts::Either(audience), all };
    assert_eq!(Vec::from_iter(either.asks().resources), ["urn:orders"]);
    assert!(either.to_string().starts_with("session, bearer, resource"), "{either}");
}

const MET: usize = 2;

fn tree_of(all: &'static [Node]) -> Tree {
    Tree { accepts: Accepts::Session, all }
}

/// "And" is the least, "or" the greatest, "not" the distance from the top.
fn naive(node: &'static Node, facts: &Drawn) -> usize {
    let leaf = |known: Option<bool>| match known {
        Some(false) => 0,
        None => 1,
        Some(true) => MET,
    };
    match node {
        Node::All(nodes) => nodes.iter().map(|node| naive(node, facts)).min().unwrap_or(MET),
        Node::Any(nodes) => nodes.iter().map(|node| naive(node, facts)).max().unwrap_or(0),
        Node::Not(node) => MET - naive(node, facts),
        Node::Resource(_) => MET,
        Node::Machine => leaf(facts.is_machine()),
        Node::Roles(roles) => roles.iter().map(|role| leaf(facts.role(role))).min().unwrap_or(MET),
        Node::Scopes { resource, organization, scopes } => {
            let target = Target::new(resource.as_ref(), organization.as_ref());
            scopes.iter().map(|scope| leaf(facts.scope(target, scope))).min().unwrap_or(MET)
        }
        Node::Organization(organization) => leaf(facts.member(organization)),
        Node::OrganizationRole { organization, role } => {
            leaf(facts.organization_role(organization, role))
        }
        Node::MaxAge { seconds, .. } => leaf(facts.signed_in_within(*seconds)),
        Node::Claim { path, .. } => leaf(facts.claim(path, |_| None)),
        Node::Check(check) => leaf(facts.check(check)),
    }
}

/// Facts drawn by lot: equal questions have equal answers.
struct Drawn(Vec<Option<bool>>);

impl Drawn {
    fn draw(&self, question: impl Hash) -> Option<bool> {
        let mut hasher = DefaultHasher::new();
        question.hash(&mut hasher);
        let place = hasher.finish() % u64::try_from(self.0.len()).expect("a length");
        self.0[usize::try_from(place).expect("a place")]
    }
}

impl Facts for Drawn {
    fn role(&self, role: &str) -> Option<bool> {
        self.draw(("role", role))
    }

    fn claim(&self, path: &[&str], _: impl Fn(&Value) -> Option<bool>) -> Option<bool> {
        self.draw(("claim", path))
    }

    fn check(&self, check: &'static Check) -> Option<bool> {
        self.draw(("check", check.name))
    }

    fn member(&self, organization: &'static Organization) -> Option<bool> {
        self.draw(("member", organization.to_string()))
    }

    fn organization_role(&self, organization: &'static Organization, role: &str) -> Option<bool> {
        self.draw(("organization role", organization.to_string(), role))
    }

    fn scope(&self, target: Target, scope: &str) -> Option<bool> {
        let organization = target.organization.map(ToString::to_string);
        self.draw(("scope", target.resource, organization, scope))
    }

    fn is_denied(&self, _: Target) -> bool {
        false
    }

    fn is_machine(&self) -> Option<bool> {
        self.draw("machine")
    }

    fn signed_in_within(&self, seconds: u64) -> Option<bool> {
        self.draw(("within", seconds))
    }
}

fn node() -> impl Strategy<Value = Node> {
    let name = || "[a-d]{1,2}".prop_map(|name| -> &'static str { name.leak() });
    let leaf = prop_oneof![
        vec(name(), 1..3).prop_map(|roles| Node::Roles(roles.leak())),
        name()
            .prop_map(|name| Node::Claim { path: leak(vec![name]), literal: Literal::Bool(true) }),
        name().prop_map(|name| {
            Node::Check(Check { name, call: CheckFn::User(|_| Box::pin(std::future::ready(true))) })
        }),
        organization().prop_map(Node::Organization),
        (organization(), name())
            .prop_map(|(organization, role)| Node::OrganizationRole { organization, role }),
        (any::<bool>(), organization(), vec(name(), 1..3)).prop_map(
            |(resource, organization, scopes)| Node::Scopes {
                resource: resource.then_some(Indicator { name: "A", uri: "urn:a" }),
                organization: Some(organization),
                scopes: scopes.leak(),
            }
        ),
        Just(Node::Machine),
        (1_u64..4).prop_map(|seconds| Node::MaxAge { text: "some", seconds }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|nodes| Node::All(leak(nodes))),
            vec(inner.clone(), 1..4).prop_map(|nodes| Node::Any(leak(nodes))),
            inner.prop_map(|node| Node::Not(&leak(vec![node])[0])),
        ]
    })
}

fn organization() -> impl Strategy<Value = Organization> {
    let name = "[a-d]".prop_map(|name| -> &'static str { name.leak() });
    prop_oneof![
        name.clone().prop_map(Organization::Id),
        name.prop_map(|name| Organization::Resolver(Resolver {
            name,
            call: |_| Box::pin(std::future::ready(None))
        })),
    ]
}

fn leak<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}
