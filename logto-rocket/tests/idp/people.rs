use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::{Idp, IdpError, Signing, User};
use serde_json::json;

use crate::support::*;

#[rocket::async_test]
async fn users_have_what_they_were_given() {
    let carol = User::new("carol")
        .name("Carol")
        .email("c@x.test")
        .role("auditor")
        .organization("org_1", ["member"])
        .claim("department", json!("ops"));
    let idp = Idp::builder()
        .user(carol)
        .app("app_id", "app_secret")
        .signing(Signing::Rs256)
        .start()
        .await
        .unwrap();
    assert_eq!((idp.app_id(), idp.app_secret()), ("app_id", "app_secret"));
    let tokens = sign_in(&idp, "carol", ALL_SCOPES, &[]).await;
    let (header, profile) = decoded(&tokens["id_token"]);
    assert_eq!(header["alg"], "RS256");
    assert!(verifies(&tokens["id_token"], &idp.jwks()));
    assert_eq!((&profile["name"], &profile["email"]), (&json!("Carol"), &json!("c@x.test")));
    assert_eq!((&profile["roles"], &profile["department"]), (&json!(["auditor"]), &json!("ops")));
    assert_eq!(profile["organization_roles"], json!(["org_1:member"]));
    assert_eq!(profile["phone_number"], json!(null));
    assert_eq!(idp.user_id("alice"), None, "alice and bob gave way");
}

#[rocket::async_test]
async fn a_suspended_user_is_refused_everywhere_until_reinstated() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "bob", "openid offline_access", &[]).await;
    idp.suspend("bob");
    assert_eq!(refresh(&idp, &tokens, &[]).await.error(), invalid_grant());
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 401);
    let url = authorization_url(&idp, "openid", &[]);
    let refused = idp.authorize(&url, "bob").await.unwrap_err();
    assert_eq!(refused, IdpError::Suspended("bob".into()));
    assert!(refused.to_string().contains("`bob` of the test provider is suspended"), "{refused}");
    idp.reinstate("bob");
    assert_eq!(refresh(&idp, &tokens, &[]).await.status, 200);
}

#[rocket::async_test]
async fn changes_of_a_user_are_seen_at_the_next_refresh() {
    let idp = Idp::start().await.unwrap();
    let scope = format!("{ALL_SCOPES} read:orders");
    let tokens = sign_in(&idp, "alice", &scope, &[("resource", ORDERS)]).await;
    idp.remove_role("alice", "admin");
    idp.add_role("alice", "auditor");
    idp.leave_organization("alice", "org_1");
    idp.set_claim("alice", "name", "Alice in Wonderland");
    let got = refresh(&idp, &tokens, &[]).await.json();
    let profile = claims(&got["id_token"]);
    assert_eq!(profile["roles"], json!(["auditor"]));
    assert_eq!(
        (&profile["organizations"], &profile["organization_roles"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(profile["name"], "Alice in Wonderland");
    let got = refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json();
    assert_eq!(claims(&got["access_token"])["scope"], "", "the role's permissions are gone too");
    assert_eq!(refresh(&idp, &tokens, &[("organization_id", "org_1")]).await.status, 403);
}

#[rocket::async_test]
async fn updated_at_moves_with_every_sign_in() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let before = claims(&sign_in(&idp, "bob", "openid profile", &[]).await["id_token"]);
    clock.advance(Duration::from_secs(60));
    let after = claims(&sign_in(&idp, "bob", "openid profile", &[]).await["id_token"]);
    let moved = after["updated_at"].as_u64().unwrap() - before["updated_at"].as_u64().unwrap();
    assert!(moved >= 60_000, "{moved} milliseconds");
    assert_eq!(after["created_at"], before["created_at"]);
}

#[rocket::async_test]
async fn two_of_the_same_name_are_an_error() {
    let twice = Idp::builder().user(User::new("a")).user(User::new("a")).start().await;
    assert!(matches!(twice.unwrap_err(), IdpError::Description(why) if why.contains("`a`")));
    let twice = Idp::builder().app("a", "x").app("a", "y").start().await;
    assert!(matches!(twice.unwrap_err(), IdpError::Description(why) if why.contains("`a`")));
}

#[rocket::async_test]
async fn two_providers_know_nothing_of_each_other() {
    let (one, two) = (Idp::start().await.unwrap(), Idp::start().await.unwrap());
    let tokens = sign_in(&one, "alice", "openid offline_access", &[]).await;
    assert_ne!(one.endpoint(), two.endpoint());
    assert_eq!(refresh(&two, &tokens, &[]).await.error(), invalid_grant());
    assert_eq!(refresh(&one, &tokens, &[]).await.status, 200);
}
