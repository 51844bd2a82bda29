//! Each route: whom it lets in, and whom it refuses. A key that only this application trusts signs the
//! tokens, so that no Logto is needed.

use std::time::Duration;

use logto_rocket::testing::{self, BearerToken};
use rocket::http::{Accept, Header, Method, Status};
use rocket::local::blocking::Client;
use rocket::serde::json::{Value, json};

use crate::orders::Orders;

fn start() -> Client {
    let api = super::rocket();
    let elsewhere = api.figment().clone().merge(("logto.endpoint", "https://id.example.com"));
    Client::untracked(api.configure(elsewhere)).expect("a launch")
}

/// A token of alice's for the API.
fn alice<'c>(client: &'c Client, scopes: &[&'static str]) -> BearerToken<'c> {
    let token = testing::bearer(client).expect("a debug build").resource(Orders);
    let token = token.subject("alice").client_id("shop");
    if scopes.is_empty() { token } else { token.scopes(scopes.iter().copied()) }
}

/// The status and the body of an answer.
fn send(
    client: &Client,
    method: Method,
    path: &str,
    token: Option<BearerToken<'_>>,
    body: &str,
) -> (u16, Value) {
    let mut request = client.req(method, path.to_owned()).body(body);
    request.add_header(Accept::HTML);
    if let Some(token) = token {
        request.add_header(Header::from(token));
    }
    let response = request.dispatch();
    let kind = response.content_type().expect("a content type");
    assert!(kind.is_json() || kind.sub() == "problem+json", "{path}: {kind}");
    let status = response.status();
    (status.code, response.into_json().unwrap_or_else(|| panic!("{path}: {status} without JSON")))
}

fn get(client: &Client, path: &str, token: BearerToken<'_>) -> (u16, Value) {
    send(client, Method::Get, path, Some(token), "")
}

fn status(client: &Client, path: &str, token: BearerToken<'_>) -> u16 {
    get(client, path, token).0
}

#[test]
fn health_needs_no_token() {
    let client = start();
    let answer = send(&client, Method::Get, "/health", None, "");
    assert_eq!(answer, (200, json!({ "status": "ok" })));
}

#[test]
fn every_other_route_needs_a_token() {
    let client = start();
    for path in [
        "/orders",
        "/orders/all",
        "/orders/any",
        "/stock",
        "/orgs/acme/orders",
        "/orgs/acme/invoices",
        "/me",
        "/fresh",
    ] {
        assert_eq!(send(&client, Method::Get, path, None, "").0, 401, "{path}");
        let expired = alice(&client, &["read:orders"]).expired();
        assert_eq!(status(&client, path, expired), 401, "{path}");
    }
    assert_eq!(send(&client, Method::Post, "/orders", None, r#"{"item":"tea"}"#).0, 401);
}

#[test]
fn orders_are_read_with_the_scope() {
    let client = start();
    let answer = get(&client, "/orders", alice(&client, &["read:orders"]));
    let expected =
        json!({ "sub": "alice", "client_id": "shop", "scopes": ["read:orders"], "orders": [] });
    assert_eq!(answer, (200, expected));
    assert_eq!(status(&client, "/orders", alice(&client, &["write:orders"])), 403);
}

#[test]
fn an_order_is_placed_with_the_scope_and_seen_by_its_owner_alone() {
    let client = start();
    let place = |token, body| send(&client, Method::Post, "/orders", Some(token), body);
    let tea = r#"{"item":"tea"}"#;
    let order = json!({ "id": 1, "sub": "alice", "item": "tea" });
    assert_eq!(place(alice(&client, &["write:orders"]), tea), (201, order.clone()));
    assert_eq!(place(alice(&client, &["read:orders"]), tea).0, 403);
    assert_eq!(place(alice(&client, &["write:orders"]), "no JSON").0, 400);
    assert_eq!(place(alice(&client, &["write:orders"]), r#"{"thing":"tea"}"#).0, 422);

    let orders = |token| get(&client, "/orders", token).1["orders"].clone();
    assert_eq!(orders(alice(&client, &["read:orders"])), json!([order]));
    assert_eq!(orders(alice(&client, &["read:orders"]).subject("bob")), json!([]));
}

#[test]
fn all_orders_are_read_with_both_scopes() {
    let client = start();
    let both = ["read:orders", "audit:orders"];
    assert_eq!(status(&client, "/orders/all", alice(&client, &both)), 200);
    for one in both {
        assert_eq!(status(&client, "/orders/all", alice(&client, &[one])), 403, "{one}");
    }
}

#[test]
fn any_of_two_scopes_is_enough_to_count_orders() {
    let client = start();
    for one in ["read:orders", "audit:orders"] {
        assert_eq!(status(&client, "/orders/any", alice(&client, &[one])), 200, "{one}");
    }
    assert_eq!(status(&client, "/orders/any", alice(&client, &["write:orders"])), 403);
}

#[test]
fn the_stock_is_for_machines() {
    let client = start();
    let scopes = ["read:stock"];
    assert_eq!(status(&client, "/stock", alice(&client, &scopes).machine("warehouse")), 200);
    assert_eq!(status(&client, "/stock", alice(&client, &[]).machine("warehouse")), 403);
    assert_eq!(status(&client, "/stock", alice(&client, &scopes)), 403);
}

#[test]
fn orders_of_an_organization_are_for_tokens_limited_to_it() {
    let client = start();
    let reader = || alice(&client, &["read:orders"]);
    let (code, answer) = get(&client, "/orgs/acme/orders", reader().organization("acme"));
    assert_eq!((code, &answer["organization_id"]), (200, &json!("acme")));
    assert_eq!(status(&client, "/orgs/acme/orders", reader().organization("other")), 401);
    assert_eq!(status(&client, "/orgs/acme/orders", reader()), 401);
    let without_scope = alice(&client, &[]).organization("acme");
    assert_eq!(status(&client, "/orgs/acme/orders", without_scope), 403);
    // And such a token is good for nothing else.
    assert_eq!(status(&client, "/orders", reader().organization("acme")), 401);
}

#[test]
fn invoices_are_for_tokens_of_the_organization() {
    let client = start();
    let of = |organization| {
        let token = testing::bearer(&client).expect("a debug build").subject("alice");
        token.organization(organization)
    };
    let (code, answer) = get(&client, "/orgs/acme/invoices", of("acme").scopes(["read:invoices"]));
    assert_eq!((code, &answer["organization_id"]), (200, &json!("acme")));
    let elsewhere = of("other").scopes(["read:invoices"]);
    assert_eq!(status(&client, "/orgs/acme/invoices", elsewhere), 401);
    assert_eq!(status(&client, "/orgs/acme/invoices", of("acme")), 403);
    let of_resource = alice(&client, &["read:invoices"]).organization("acme");
    assert_eq!(status(&client, "/orgs/acme/invoices", of_resource), 401);
}

#[test]
fn everybody_with_a_token_for_the_api_is_told_who_they_are() {
    let client = start();
    let (code, me) = get(&client, "/me", alice(&client, &[]));
    assert_eq!(code, 200);
    assert_eq!((&me["sub"], &me["client_id"]), (&json!("alice"), &json!("shop")));
    let for_another = alice(&client, &[]).claim("aud", "https://api.example.com/stock");
    assert_eq!(status(&client, "/me", for_another), 401);
}

#[test]
fn what_must_be_fresh_is_for_those_who_just_signed_in() {
    let client = start();
    let ago = |minutes: u64| alice(&client, &[]).signed_in(Duration::from_secs(minutes * 60));
    assert_eq!(status(&client, "/fresh", ago(4)), 200);
    assert_eq!(status(&client, "/fresh", ago(10)), 401);
    assert_eq!(status(&client, "/fresh", alice(&client, &[])), 401);
}

#[test]
fn what_is_not_there_is_told_in_json() {
    let client = start();
    let (code, problem) = send(&client, Method::Get, "/nowhere", None, "");
    assert_eq!((code, &problem["status"]), (404, &json!(404)));
    let (code, _) = send(&client, Method::Delete, "/orders", None, "");
    assert_eq!(code, Status::NotFound.code);
}
