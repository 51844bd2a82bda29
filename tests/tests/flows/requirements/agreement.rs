//! The guard over HTTP and `Requirement::check` decide alike, whatever is required.

use logto_rocket::__private::{
    Check, CheckFn, Indicator, Literal, Node, Organization, requirement, returned,
};
use logto_rocket::{LogtoUser, Refusal, Requirement, needs};
use logto_rocket_tests::app::App;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::{Build, Rocket, State, get, routes};

const ORDERS: &str = "https://api.example.test/orders";

/// How many random requirements there are.
const CASES: usize = 150;

type Requirements = Vec<Requirement<needs::Answers>>;

#[get("/")]
fn page() {}

#[get("/by_value/<number>")]
async fn by_value(
    number: usize,
    user: LogtoUser,
    requirements: &State<Requirements>,
) -> Result<(), Refusal> {
    requirements[number].check(&user).await
}

#[rocket::async_test]
async fn a_guard_decides_as_the_value_does() {
    let mut runner = TestRunner::deterministic();
    let requirements: Requirements = (0..CASES)
        .map(|_| requirement(leak(vec![tree().new_tree(&mut runner).unwrap().current()])))
        .collect();
    let app = application(requirements.clone()).await;
    let mut statuses = Vec::new();
    for user in ["alice", "bob"] {
        let mut browser = app.signed_in(user).await;
        for (number, requirement) in requirements.iter().enumerate() {
            let by_guard = browser.fetch(&format!("/guarded/{number}")).await.status;
            let by_value = browser.fetch(&format!("/by_value/{number}")).await.status;
            assert_eq!(by_guard, by_value, "`{requirement}` for {user}");
            statuses.push(by_guard.code);
        }
    }
    for code in [200, 403] {
        assert!(
            statuses.iter().filter(|known| **known == code).count() > CASES / 4,
            "{statuses:?}"
        );
    }
}

/// The usual application with each requirement before a page, and all of them at hand.
async fn application(requirements: Requirements) -> App {
    let scopes = ["roles", "email", "read:orders", "urn:logto:scope:organizations"];
    let guarded = |rocket: Rocket<Build>| {
        let requirements = requirements.iter().enumerate();
        requirements.fold(rocket, |rocket, (number, requirement)| {
            rocket.mount(format!("/guarded/{number}"), requirement.guard(routes![page]))
        })
    };
    App::builder()
        .config(|config| config.scopes(scopes).resources([ORDERS]))
        .rocket(guarded)
        .routes(routes![by_value])
        .rocket(|rocket| rocket.manage(requirements.clone()))
        .start()
        .await
}

/// Requirements that some users meet, some do not, and some that cannot be decided.
fn tree() -> impl Strategy<Value = Node> {
    let leaf = prop::sample::select(vec![
        Node::Roles(&["admin"]),
        Node::Roles(&["admin", "unassigned"]),
        Node::Claim { path: &["email_verified"], literal: Literal::Bool(true) },
        Node::Claim { path: &["username"], literal: Literal::Text("bob") },
        Node::Claim { path: &["address", "country"], literal: Literal::Text("FI") },
        Node::Check(Check {
            name: "is_bob",
            call: CheckFn::User(|user| returned::<bool, _, _>(is_bob(user))),
        }),
        Node::Organization(Organization::Id("org_1")),
        Node::Scopes {
            resource: Some(Indicator { name: "Orders", uri: ORDERS }),
            organization: None,
            scopes: &["read:orders"],
        },
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 1..4).prop_map(leak);
        prop_oneof![
            list().prop_map(Node::All),
            list().prop_map(Node::Any),
            inner.clone().prop_map(|node| Node::Not(&leak(vec![node])[0])),
        ]
    })
}

fn is_bob(user: &LogtoUser) -> bool {
    user.claims().username.as_deref() == Some("bob")
}

/// Requirements are known while compiling, so theirs is for ever.
fn leak(nodes: Vec<Node>) -> &'static [Node] {
    Vec::leak(nodes)
}
