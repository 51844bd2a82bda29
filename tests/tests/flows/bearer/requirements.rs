//! What a token must be and have, route by route.

use std::time::Duration;

use logto_rocket::authenticated;
use rocket::http::Status;
use rocket::{get, routes};
use serde_json::Value;

use super::{Api, Orders, Stock};

#[rocket::async_test]
async fn a_token_with_the_scope_is_let_in_and_the_handler_gets_what_it_says() {
    let api = Api::start().await;
    let answer = api.get_with("/orders", &api.reader().client_id("shop")).await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, "alice shop read:orders"));
    assert_eq!(api.get("/health", &[]).await.status, Status::Ok);
}

#[rocket::async_test]
async fn several_scopes_and_alternatives_are_judged_as_for_sessions() {
    let api = Api::start().await;
    let with =
        |scopes: &'static [&str]| api.token().resource(Orders).scopes(scopes.iter().copied());
    for (path, scopes, expected) in [
        ("/all", &["read:orders", "audit:orders"][..], Status::Ok),
        ("/all", &["read:orders"][..], Status::Forbidden),
        ("/all", &["audit:orders"][..], Status::Forbidden),
        ("/any", &["read:orders"][..], Status::Ok),
        ("/any", &["audit:orders"][..], Status::Ok),
        ("/any", &["write:orders"][..], Status::Forbidden),
        ("/me", &[][..], Status::Ok),
        ("/orders", &["read:orders:all"][..], Status::Forbidden),
        ("/orders", &["READ:ORDERS"][..], Status::Forbidden),
    ] {
        let answer = api.get_with(path, &with(scopes)).await;
        assert_eq!(answer.status, expected, "{path} {scopes:?}: {answer:?}");
    }
}

#[rocket::async_test]
async fn machines_and_people_are_told_apart() {
    let api = Api::start().await;
    let person = api.token().resource(Orders).scopes(["read:stock"]);
    let machine = person.clone().machine("robot");
    for (path, token, expected) in [
        ("/stock", &machine, Status::Ok),
        ("/stock", &person, Status::Forbidden),
        ("/people", &person, Status::Ok),
        ("/people", &machine, Status::Forbidden),
    ] {
        assert_eq!(api.get_with(path, token).await.status, expected, "{path}");
    }
}

#[rocket::async_test]
async fn a_token_for_an_organization_is_for_that_one_alone() {
    let api = Api::start().await;
    let read = api.reader();
    let within = |id: &str| read.clone().organization(id);
    let of = |id: &str| api.token().organization(id).scopes(["read:invoices"]);
    for (path, token, expected) in [
        ("/orgs/o1/orders", within("o1"), Status::Ok),
        ("/orgs/o1/orders", within("o2"), Status::Unauthorized),
        ("/orgs/o1/orders", read.clone(), Status::Unauthorized),
        ("/orgs/O1/orders", within("o1"), Status::Unauthorized),
        ("/orgs/o1/orders", of("o1").scopes(["read:orders"]), Status::Unauthorized),
        ("/orders", within("o1"), Status::Unauthorized),
        ("/orgs/o1/invoices", of("o1"), Status::Ok),
        ("/orgs/o1/invoices", of("o2"), Status::Unauthorized),
        ("/orgs/o1/invoices", of("o1").scopes(["read:orders"]), Status::Forbidden),
        ("/orgs/o1/invoices", within("o1").scopes(["read:invoices"]), Status::Unauthorized),
        ("/orgs/%2e%2e/orders", within(".."), Status::NotFound),
        ("/orgs/%2e%2e/invoices", of(".."), Status::NotFound),
        ("/orgs/%2E%2E/orders", within(".."), Status::NotFound),
        ("/orgs/%2e/orders", within("."), Status::NotFound),
        ("/orgs/o1%00/orders", within("o1"), Status::NotFound),
        ("/orgs/o1%20/orders", within("o1"), Status::NotFound),
        ("/orgs/o2%2f..%2fo1/orders", within("o1"), Status::Unauthorized),
        ("/orgs/o1%2f..%2fo2/invoices", of("o1"), Status::Unauthorized),
        ("/orgs/%E2%80%8Bo1/orders", within("o1"), Status::NotFound),
        ("/orgs/O1/invoices", of("o1"), Status::Unauthorized),
        ("/orgs/o/orders", within("o1"), Status::Unauthorized),
        ("/orgs/o11/orders", within("o1"), Status::Unauthorized),
        ("/orgs/o%31/invoices", of("o1"), Status::Ok),
        ("/orgs/o%31/orders", within("o1"), Status::Ok),
        ("/orders", of("o1").scopes(["read:orders"]), Status::Unauthorized),
    ] {
        let answer = api.get_with(path, &token).await;
        assert_eq!(answer.status, expected, "{path} {answer:?}");
    }
}

#[rocket::async_test]
async fn a_token_for_another_resource_is_refused_in_every_spelling() {
    let api = Api::start().await;
    let read = api.reader();
    assert_eq!(api.get_with("/orders", &read).await.status, Status::Ok);
    let two = serde_json::json!(["https://other.example.com", "https://api.example.com/orders"]);
    assert_eq!(api.get_with("/orders", &read.clone().claim("aud", two)).await.status, Status::Ok);
    assert_eq!(
        api.get_with("/orders", &read.clone().resource(Stock)).await.status,
        Status::Unauthorized
    );
    for audience in [
        "https://api.example.com/order",
        "https://api.example.com/orders/",
        "https://api.example.com/orders/1",
        "https://API.example.com/orders",
        "https://api.example.com/Orders",
        "https://api.example.com:443/orders",
        "http://api.example.com/orders",
        " https://api.example.com/orders",
        "",
    ] {
        let answer = api.get_with("/orders", &read.clone().claim("aud", audience)).await;
        assert_eq!(answer.status, Status::Unauthorized, "{audience:?}");
    }
}

#[rocket::async_test]
async fn max_age_counts_the_sign_in_behind_the_token() {
    let api = Api::start().await;
    let token = api.token().resource(Orders);
    let minutes = |count: u64| token.clone().signed_in(Duration::from_secs(60 * count));
    assert_eq!(api.get_with("/fresh", &minutes(4)).await.status, Status::Ok);
    for token in [minutes(6), token.clone()] {
        let answer = api.get_with("/fresh", &token).await;
        assert_eq!(answer.status, Status::Unauthorized);
        let challenge = answer.header("WWW-Authenticate").expect("a challenge");
        assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
        assert!(challenge.contains("max_age=\"300\""), "{challenge}");
    }
}

#[rocket::async_test]
async fn a_token_is_over_when_it_expires_though_it_was_seen_before() {
    let api = Api::start().await;
    let token = api.reader();
    assert_eq!(api.get_with("/orders", &token).await.status, Status::Ok);
    api.clock.advance(Duration::from_secs(3599));
    assert_eq!(api.get_with("/orders", &token).await.status, Status::Ok);
    api.clock.advance(Duration::from_secs(1));
    assert_eq!(api.get_with("/orders", &token).await.status, Status::Unauthorized);
}

/// A JWT customizer may copy what users write about themselves, and JSON can hold more than can be read.
#[rocket::async_test]
async fn claims_that_cannot_be_read_meet_no_condition() {
    #[authenticated(bearer, resource = Orders, not(claim("plan" = "blocked")))]
    #[get("/not-blocked")]
    fn not_blocked() {}

    let api = Api::with(|rocket| rocket.mount("/", routes![not_blocked])).await;
    let with_plan = |plan: &str| api.token().resource(Orders).claim("plan", plan);
    let deep = (0..200).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    for (token, expected) in [
        (with_plan("gold"), Status::Ok),
        (with_plan("blocked"), Status::Forbidden),
        (with_plan("gold").claim("own", deep.clone()), Status::Forbidden),
        (with_plan("blocked").claim("own", deep), Status::Forbidden),
    ] {
        let answer = api.get_with("/not-blocked", &token).await;
        assert_eq!(answer.status, expected, "{answer:?}");
    }
}
