//! Permissions on API resources: answered from the access token, which is fetched only if needed.

use std::time::Duration;

use logto_rocket::testing::Endpoint;
use logto_rocket::{authenticated, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;
use rocket::http::Status;
use rocket::{get, routes};

resource!(Orders = "https://api.example.test/orders");

#[authenticated(resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

#[authenticated(resource = Orders, scopes("read:orders", "write:orders"))]
#[get("/orders/new")]
fn new_order() {}

#[authenticated(resource = Orders, scope = "delete:orders")]
#[get("/orders/delete")]
fn delete() {}

#[authenticated(any(role = "admin", all(resource = Orders, scope = "read:orders")))]
#[get("/either")]
fn either() {}

#[authenticated(role = "auditor", resource = Orders, scope = "read:orders")]
#[get("/both")]
fn both() {}

#[authenticated(not(all(resource = Orders, scope = "delete:orders")))]
#[get("/harmless")]
fn harmless() {}

async fn app() -> App {
    let routes = routes![orders, new_order, delete, either, both, harmless];
    App::builder().routes(routes).start().await
}

#[rocket::async_test]
async fn permissions_on_a_resource_admit_one_user_and_refuse_another() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    for (path, alices, bobs) in [
        ("/orders", Status::Ok, Status::Forbidden),
        ("/orders/new", Status::Ok, Status::Forbidden),
        ("/orders/delete", Status::Forbidden, Status::Forbidden),
        ("/either", Status::Ok, Status::Forbidden),
        ("/both", Status::Forbidden, Status::Forbidden),
        ("/harmless", Status::Ok, Status::Ok),
    ] {
        assert_eq!(alice.open(path).await.status, alices, "alice at {path}");
        assert_eq!(bob.open(path).await.status, bobs, "bob at {path}");
    }
}

#[rocket::async_test]
async fn a_token_is_fetched_once_and_only_if_the_claims_do_not_decide() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let fetched = || app.refreshes();
    alice.open("/either").await;
    alice.open("/both").await;
    assert_eq!(fetched(), 0);
    alice.open("/orders").await;
    assert_eq!(fetched(), 1);
    for path in ["/orders", "/orders/new", "/orders/delete", "/harmless"] {
        alice.open(path).await;
    }
    assert_eq!(fetched(), 1);
}

#[rocket::async_test]
async fn while_logto_is_away_permissions_are_unknown_also_under_not() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.pause().await;
    assert_eq!(alice.open("/orders").await.status, Status::ServiceUnavailable);
    assert_eq!(alice.open("/harmless").await.status, Status::ServiceUnavailable);
    assert_eq!(alice.open("/either").await.status, Status::Ok);
    assert_eq!(alice.open("/both").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn a_refusal_of_logtos_refuses_also_under_not() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for code in ["access_denied", "invalid_target"] {
        app.idp.fault(Endpoint::Token, fault::json(403, format!(r#"{{"error":"{code}"}}"#)));
        assert_eq!(alice.open("/orders").await.status, Status::Forbidden, "{code}");
        // It is remembered for a minute, not asked for at every request.
        assert_eq!(alice.open("/harmless").await.status, Status::Forbidden, "{code}");
        assert_eq!(alice.open("/orders").await.status, Status::Forbidden, "{code}");
        app.clock.advance(Duration::from_secs(61));
    }
    assert_eq!(alice.open("/orders").await.status, Status::Ok);
}

#[rocket::async_test]
async fn only_resources_and_scopes_of_mounted_routes_are_asked_of_logto() {
    let app = App::builder().routes(routes![either]).start().await;
    let start = app.browser().open("/auth/sign-in").await;
    let location = start.location();
    assert!(location.contains("resource=https%3A%2F%2Fapi.example.test%2Forders"), "{location}");
    assert!(location.contains("read%3Aorders"), "{location}");
    assert!(!location.contains("delete%3Aorders"), "{location}");
}
