//! Which access token a resource, an organization or both get.

use std::time::Duration;

use logto_rocket::Resource;
use logto_rocket::testing::{Endpoint, Tamper};
use logto_rocket_tests::fault;
use rocket::http::Status;
use rocket::serde::json::{Value, json};

use super::{Orders, Stock, app, app_with_guards, token};

#[rocket::async_test]
async fn a_token_for_a_resource_is_for_this_resource_and_says_what_the_user_may_do() {
    let app = app_with_guards().await;
    app.idp.tamper_access_tokens(Tamper::claim("plan", "gold"));
    let mut alice = app.signed_in("alice").await;
    for path in ["/token/orders", "/guard/orders"] {
        let before = app.clock.now();
        alice.open("/clear").await;
        let token = token(&mut alice, path).await;
        let time = before..=app.clock.now();
        assert_eq!(token["sub"], app.idp.user_id("alice").unwrap(), "{path}");
        assert_eq!(token["client_id"], app.idp.app_id());
        assert_eq!(token["aud"], json!([Orders::URI]));
        assert_eq!(token["scopes"], json!(["read:orders"]));
        assert_eq!(token["organization_id"], Value::Null);
        assert!(time.contains(&token["iat"].as_u64().unwrap()), "{time:?} {token}");
        assert!(time.contains(&(token["expires_at"].as_u64().unwrap() - 3600)), "{time:?} {token}");
        assert_eq!(token["plan"], "gold", "what a customizer adds can be read");
    }
    let other = token(&mut alice, "/guard/stock").await;
    assert_eq!((&other["aud"], &other["scopes"]), (&json!([Stock::URI]), &json!([])));
    assert_eq!(app.refreshes(), 3);

    let mut bob = app.signed_in("bob").await;
    assert_eq!(token(&mut bob, "/guard/orders").await["scopes"], json!([]), "a token of no use");
}

#[rocket::async_test]
async fn a_token_for_an_organization_is_for_this_organization() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let one = token(&mut alice, "/token/organization?org=org_1").await;
    assert_eq!(one["aud"], json!(["urn:logto:organization:org_1"]));
    assert_eq!(one["scopes"], json!(["invite:member"]));
    let two = token(&mut alice, "/token/organization?org=org_2").await;
    assert_eq!(two["aud"], json!(["urn:logto:organization:org_2"]));
    assert_eq!(two["scopes"], json!([]));
    assert_eq!(token(&mut alice, "/token/organization?org=org_1").await["text"], one["text"]);
    assert_eq!(app.refreshes(), 2);
}

#[rocket::async_test]
async fn a_token_for_a_resource_in_an_organization_names_both() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let inside = token(&mut alice, "/token/orders/of?org=org_1").await;
    assert_eq!(inside["aud"], json!([Orders::URI]));
    assert_eq!(inside["organization_id"], "org_1");
    assert_eq!(inside["scopes"], json!(["read:orders", "write:orders"]));
    let outside = token(&mut alice, "/token/orders").await;
    assert_eq!(outside["organization_id"], Value::Null, "it is not mixed up with the other");
    assert_eq!(outside["scopes"], json!(["read:orders"]));
}

#[rocket::async_test]
async fn the_tokens_of_all_organizations_come_in_order_and_one_that_fails_spoils_no_other() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let all = token(&mut alice, "/token/organizations").await;
    let audience = |index: usize| all[index][1]["aud"][0].as_str().map(ToOwned::to_owned);
    assert_eq!((&all[0][0], &all[1][0]), (&json!("org_1"), &json!("org_2")));
    assert_eq!(audience(0).as_deref(), Some("urn:logto:organization:org_1"));
    assert_eq!(audience(1).as_deref(), Some("urn:logto:organization:org_2"));
    assert_eq!(app.refreshes(), 2);

    app.idp.leave_organization("alice", "org_1");
    alice.open("/clear").await;
    let left = token(&mut alice, "/token/organizations").await;
    assert_eq!((&left[0][0], &left[0][1]), (&json!("org_1"), &Value::Null));
    assert_eq!(left[1][1]["aud"], json!(["urn:logto:organization:org_2"]));

    let mut bob = app.signed_in("bob").await;
    assert_eq!(token(&mut bob, "/token/organizations").await, json!([]));
}

#[rocket::async_test]
async fn a_user_who_is_no_member_is_forbidden_and_stays_signed_in() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for path in
        ["/token/organization?org=org_3", "/token/orders/of?org=org_3", "/token/organization?org="]
    {
        let refused = alice.open(path).await;
        assert_eq!(refused.status, Status::Forbidden, "{path}: {refused:?}");
        assert_eq!(alice.fetch(path).await.status, Status::Forbidden, "{path}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{path}");
        assert_eq!(alice.open("/token/organization?org=org_1").await.status, Status::Ok, "{path}");
    }
}

/// An empty id reads like none, and Logto would give the token of the resource itself.
#[rocket::async_test]
async fn an_invalid_organization_id_is_not_sent_to_logto() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for org in ["", "%20", "a%0Ab", "%C3%A9", &"x".repeat(129)] {
        for path in ["/token/organization", "/token/orders/of"] {
            let refused = alice.fetch(&format!("{path}?org={org}")).await;
            assert_eq!(refused.status, Status::Forbidden, "{path} {org:?}");
        }
    }
    assert_eq!(app.refreshes(), 0);
}

#[rocket::async_test]
async fn what_logto_denies_is_forbidden_whatever_status_it_has_there() {
    let app = app_with_guards().await;
    let mut alice = app.signed_in("alice").await;
    for status in [400, 403] {
        for path in ["/token/orders", "/guard/orders"] {
            let denied = fault::json(status, r#"{"error":"access_denied"}"#);
            app.idp.fault(Endpoint::Token, denied);
            let refused = alice.open(path).await;
            assert_eq!(refused.status, Status::Forbidden, "{status} {path}: {refused:?}");
            assert_eq!(alice.open("/account").await.status, Status::Ok);
            // For a minute it is not asked again.
            app.clock.advance(Duration::from_secs(61));
        }
    }
    assert_eq!(alice.open("/guard/orders").await.status, Status::Ok);
}
