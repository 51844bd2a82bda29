//! The guards of a program that presents an access token.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use rocket::{get, routes};

use super::{App, Orders, Stock, said};
use crate::testing::User;
use crate::{Bearer, Caller, Organizations, Refusal, authenticated};

#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().into()
}

#[get("/organization")]
fn organization(caller: Bearer<Organizations>) -> String {
    caller.organization_id().unwrap_or_default().into()
}

#[get("/either")]
fn either(caller: Caller<Orders>) -> String {
    format!("{} {:?}", caller.id(), caller.organization_id())
}

#[get("/refusal")]
fn refusal(caller: Result<Bearer<Orders>, Refusal>) -> String {
    caller.err().map(|refusal| refusal.to_string()).unwrap_or_default()
}

#[authenticated(bearer, resource = Orders, organization = "<org>", scope = "read:orders")]
#[get("/orgs/<org>/orders")]
fn of_organization(caller: Bearer<Orders>, org: &str) -> String {
    format!("{} {org}", caller.organization_id().unwrap_or_default())
}

/// The macro cannot see the guard behind this name, so only the guard refuses.
type OfStock = Option<Bearer<Stock>>;

#[authenticated(bearer, resource = Orders, organization = "<org>")]
#[get("/orgs/<org>/stock")]
fn of_another(caller: OfStock, org: &str) -> String {
    format!("{} {org}", caller.is_some())
}

#[authenticated(session, bearer, organization = "<org>")]
#[get("/orgs/<org>/either")]
fn either_of(caller: Caller<Organizations>, org: &str) -> String {
    format!("{:?} {org}", caller.organization_id())
}

#[rocket::async_test]
async fn a_program_is_let_in_with_a_token_for_the_resource() {
    let app = App::api(routes![orders, organization, refusal, of_organization, of_another]).await;
    let token = || app.token().resource(Orders).subject("alice");
    assert_eq!(app.get_by("/orders", token()).await, said("alice"));
    assert_eq!(app.get_by("/orders", app.token().resource(Stock)).await, (401, None));
    assert_eq!(app.get_by("/orders", token().organization("o1")).await, (401, None));
    assert_eq!(app.get_by("/organization", app.token().organization("o1")).await, said("o1"));
    assert_eq!(app.get_by("/organization", token()).await, (401, None));
    assert_eq!(app.get("/orders", &[]).await, (401, None));
    let (_, text) = app.get_by("/refusal", app.token().resource(Stock)).await;
    assert!(text.is_some_and(|text| text.contains("`aud`")), "it says which claim is wrong");
}

#[rocket::async_test]
async fn the_guard_takes_the_token_that_the_requirement_has_accepted() {
    let app = App::api(routes![of_organization, of_another]).await;
    let token = || app.token().resource(Orders).organization("o1");
    let reader = || token().scopes(["read:orders"]);
    // Without the requirement, the guard would refuse a token that is limited to an organization.
    assert_eq!(app.get_by("/orgs/o1/orders", reader()).await, said("o1 o1"));
    assert_eq!(app.get_by("/orgs/o2/orders", reader()).await, (401, None));
    assert_eq!(app.get_by("/orgs/o1/orders", token()).await, (403, None));
    assert_eq!(app.get_by("/orgs/o1/stock", token()).await, said("false o1"));
}

#[rocket::async_test]
async fn a_caller_is_a_program_or_a_user_and_never_both() {
    let app = App::start(routes![either, either_of]).await;
    let alice = User::new("alice").with_id("alice").organization("o1", ["member"]);
    let alice = app.session(alice).await;
    let token = || app.token().resource(Orders).subject("robot");
    assert_eq!(app.get("/either", &alice).await, said("alice None"));
    assert_eq!(app.get("/either", &[]).await, (401, None));
    assert_eq!(app.get_by("/either", token()).await, said("robot None"));
    let both = app.client.get("/either").cookies(alice.clone()).header(token());
    assert_eq!(super::answer(both.dispatch().await).await, said("robot None"));
    let malformed = rocket::http::Header::new("Authorization", "Bearer");
    let both = app.client.get("/either").cookies(alice.clone()).header(malformed);
    assert_eq!(super::answer(both.dispatch().await).await, (400, None));
    assert_eq!(app.get("/orgs/o1/either", &alice).await, said("Some(\"o1\") o1"));
    assert_eq!(app.get("/orgs/o2/either", &alice).await, (403, None));
    let member = app.token().organization("o1");
    assert_eq!(app.get_by("/orgs/o1/either", member.clone()).await, said("Some(\"o1\") o1"));
    assert_eq!(app.get_by("/orgs/o2/either", member).await, (401, None));
}

#[test]
fn what_a_guard_for_programs_needs_is_said_in_the_grammar_of_a_requirement() {
    use crate::guard::bearer::Needed;

    assert_eq!(Needed("bearer", None).to_string(), "bearer");
    let orders = Needed("session, bearer", Some("urn:orders"));
    assert_eq!(orders.to_string(), r#"session, bearer, resource = "urn:orders""#);
}
