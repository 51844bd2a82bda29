use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::{Idp, User};

use crate::support::*;

const DAY: u64 = 86_400;

#[rocket::async_test]
async fn a_refresh_brings_the_same_refresh_token_and_the_original_nonce() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", ALL_SCOPES, &[]).await;
    let again = refresh(&idp, &tokens, &[]).await.json();
    assert_eq!(again["refresh_token"], tokens["refresh_token"]);
    assert_ne!(again["access_token"], tokens["access_token"]);
    assert_eq!(again["access_token"].as_str().unwrap().len(), 43);
    assert_eq!(again["scope"], tokens["scope"]);
    assert_eq!(claims(&again["id_token"])["nonce"], "the nonce");
    assert_eq!(names(&claims(&again["id_token"])), names(&claims(&tokens["id_token"])));
    assert_eq!(idp.requests().token_by_grant("refresh_token"), 1);
    assert_eq!(idp.requests().token(), 2);
}

#[rocket::async_test]
async fn a_resource_brings_a_jwt_with_what_the_user_may_and_asked_for() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access read:orders write:orders delete:orders";
    let tokens = sign_in(&idp, "alice", scope, &[("resource", ORDERS)]).await;
    let got = refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json();
    let (header, access) = decoded(&got["access_token"]);
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!(
        (&*header["alg"].to_string(), &*header["typ"].to_string()),
        (r#""ES384""#, r#""at+jwt""#)
    );
    assert_eq!(names(&access), ["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"]);
    assert_eq!(access["aud"], ORDERS);
    assert_eq!(access["client_id"], idp.app_id());
    assert_eq!(access["scope"], "read:orders write:orders", "alice may not delete");
    assert_eq!(got["scope"], "read:orders write:orders");
    assert!(got["id_token"].is_string());

    let narrowed = [("resource", ORDERS), ("scope", "read:orders")];
    let got = refresh(&idp, &tokens, &narrowed).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "read:orders");
    assert_eq!(got.get("id_token"), None, "no openid, no ID token");
    let bob = sign_in(&idp, "bob", scope, &[("resource", ORDERS)]).await;
    let got = refresh(&idp, &bob, &[("resource", ORDERS)]).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "", "bob may nothing");
}

#[rocket::async_test]
async fn a_resource_asked_for_without_its_scopes_brings_an_empty_scope() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[("resource", ORDERS)]).await;
    let got = refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "");
    assert_eq!(got["scope"], "");
}

#[rocket::async_test]
async fn a_resource_not_named_at_sign_in_can_never_be_had() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let description = "resource indicator is missing, or unknown";
    for resource in [ORDERS, "https://nope.test/", "urn:logto:organization:org_1"] {
        let got = refresh(&idp, &tokens, &[("resource", resource)]).await;
        assert_eq!(got.error(), refusal(400, "invalid_target", description));
    }
}

#[rocket::async_test]
async fn two_resources_bring_an_opaque_token() {
    let idp = Idp::start().await.unwrap();
    let api = "https://default.logto.app/api";
    let both = [("resource", ORDERS), ("resource", api)];
    let tokens = sign_in(&idp, "alice", "openid offline_access read:orders", &both).await;
    let got = refresh(&idp, &tokens, &both).await.json();
    assert_eq!(got["access_token"].as_str().unwrap().len(), 43);
    assert_eq!(got["scope"], "openid offline_access");
}

#[rocket::async_test]
async fn scopes_narrow_and_never_widen() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access profile email", &[]).await;
    let got = refresh(&idp, &tokens, &[("scope", "openid email")]).await.json();
    assert_eq!(got["scope"], "openid email");
    assert_eq!(claims(&got["id_token"]).get("name"), None);
    assert_eq!(claims(&got["id_token"])["email"], "alice@example.test");
    let got = refresh(&idp, &tokens, &[("scope", "profile")]).await.json();
    assert_eq!((got["scope"].as_str(), got.get("id_token")), (Some("profile"), None));
    let got = refresh(&idp, &tokens, &[("scope", "openid nope")]).await;
    assert_eq!(got.error(), refusal(400, "invalid_scope", "refresh token missing requested scope"));
    assert_eq!(got.json()["scope"], "nope");
    assert_eq!(got.json()["message"], "Invalid scope: {{error_description}}.");
}

#[rocket::async_test]
async fn an_organization_token_has_the_members_permissions() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access urn:logto:scope:organizations manage:billing invite:member";
    let tokens = sign_in(&idp, "alice", scope, &[("resource", ORGANIZATIONS)]).await;
    let got = refresh(&idp, &tokens, &[("organization_id", "org_1")]).await.json();
    let access = claims(&got["access_token"]);
    assert_eq!(access["aud"], "urn:logto:organization:org_1");
    assert_eq!(access["scope"], "manage:billing invite:member");
    assert_eq!(access.get("organization_id"), None);
    let narrowed = [("organization_id", "org_1"), ("scope", "invite:member")];
    let got = refresh(&idp, &tokens, &narrowed).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "invite:member");
    let got = refresh(&idp, &tokens, &[("organization_id", "nope")]).await;
    let description = "user is not a member of the organization";
    assert_eq!(got.error(), refusal(403, "access_denied", description));
}

#[rocket::async_test]
async fn without_the_organizations_resource_the_permissions_stay_empty() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access urn:logto:scope:organizations invite:member";
    let tokens = sign_in(&idp, "alice", scope, &[]).await;
    let got = refresh(&idp, &tokens, &[("organization_id", "org_1")]).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "");
}

#[rocket::async_test]
async fn without_the_organizations_scope_there_is_no_organization_token() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let got = refresh(&idp, &tokens, &[("organization_id", "org_1")]).await;
    let description = "refresh token missing required scope";
    assert_eq!(got.error(), refusal(403, "insufficient_scope", description));
    assert_eq!(got.json()["scope"], "urn:logto:scope:organizations");
    assert_eq!(got.json()["message"], "Token missing scope `{{scope}}`.");
}

#[rocket::async_test]
async fn organization_and_resource_join_the_organizations_and_the_global_roles() {
    let idp = Idp::builder()
        .user(User::new("carol").role("reader").organization("org_1", ["writer"]))
        .role("reader", ORDERS, &["read:orders"])
        .organization_role_on("writer", ORDERS, &["write:orders"])
        .start()
        .await
        .unwrap();
    let scope = "openid offline_access urn:logto:scope:organizations read:orders write:orders";
    let tokens = sign_in(&idp, "carol", scope, &[("resource", ORDERS)]).await;
    let both = [("organization_id", "org_1"), ("resource", ORDERS)];
    let access = claims(&refresh(&idp, &tokens, &both).await.json()["access_token"]);
    assert_eq!(access["organization_id"], "org_1");
    assert_eq!(access["aud"], ORDERS);
    assert_eq!(access["scope"], "read:orders write:orders");
    let alone =
        claims(&refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json()["access_token"]);
    assert_eq!(alone["scope"], "read:orders");
}

#[rocket::async_test]
async fn a_refresh_token_rotates_when_70_percent_of_its_life_are_over() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    clock.advance(Duration::from_secs(14 * DAY * 69 / 100));
    let again = refresh(&idp, &tokens, &[]).await.json();
    assert_eq!(again["refresh_token"], tokens["refresh_token"]);
    clock.advance(Duration::from_secs(14 * DAY * 2 / 100));
    let next = refresh(&idp, &tokens, &[]).await.json();
    assert_ne!(next["refresh_token"], tokens["refresh_token"]);
    clock.advance(Duration::from_secs(13 * DAY));
    assert_eq!(refresh(&idp, &next, &[]).await.status, 200, "its life began anew");
}

#[rocket::async_test]
async fn a_refresh_token_lives_14_days() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    clock.advance(Duration::from_secs(14 * DAY));
    assert_eq!(refresh(&idp, &tokens, &[]).await.error(), invalid_grant());
}

#[rocket::async_test]
async fn a_rotated_token_is_good_for_3_seconds_and_then_ends_the_grant() {
    let clock = Clock::frozen();
    let idp = Idp::builder().rotating(true).clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let first = refresh(&idp, &tokens, &[]).await.json();
    let second = refresh(&idp, &tokens, &[]).await.json();
    assert_ne!(first["refresh_token"], tokens["refresh_token"]);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(userinfo(&idp, &second["access_token"]).await.status, 200);
    clock.advance(Duration::from_secs(4));
    assert_eq!(refresh(&idp, &tokens, &[]).await.error(), invalid_grant());
    assert_eq!(refresh(&idp, &first, &[]).await.error(), invalid_grant(), "the grant is dead");
    assert_eq!(refresh(&idp, &second, &[]).await.error(), invalid_grant());
    assert_eq!(userinfo(&idp, &second["access_token"]).await.status, 401);
}

#[rocket::async_test]
async fn successors_go_on_when_the_old_token_is_not_used_again() {
    let clock = Clock::frozen();
    let idp = Idp::builder().rotating(true).clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let first = refresh(&idp, &tokens, &[]).await.json();
    let second = refresh(&idp, &tokens, &[]).await.json();
    clock.advance(Duration::from_secs(4));
    assert_eq!(refresh(&idp, &first, &[]).await.status, 200);
    assert_eq!(refresh(&idp, &second, &[]).await.status, 200);
}

#[rocket::async_test]
async fn a_missing_refresh_token_is_named() {
    let idp = Idp::start().await.unwrap();
    let got = token(&idp, &[("grant_type", "refresh_token")]).await;
    let description = "missing required parameter 'refresh_token'";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}
