use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::{Builder, Idp};
use serde_json::Value;

use crate::support::*;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL: &str = "urn:logto:token-type:personal_access_token";

async fn idp() -> Idp {
    allowing(Idp::builder()).await
}

async fn allowing(builder: Builder) -> Idp {
    builder.token_exchange(true).start().await.unwrap()
}

async fn ask(idp: &Idp, subject: &str, more: &[(&str, &str)]) -> Got {
    let mut form = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", subject),
    ];
    if more.iter().all(|(name, _)| *name != "subject_token_type") {
        form.push(("subject_token_type", ACCESS_TOKEN));
    }
    form.extend(more);
    token(idp, &form).await
}

async fn exchanged(idp: &Idp, username: &str, more: &[(&str, &str)]) -> Value {
    let got = ask(idp, &idp.subject_token(username).unwrap(), more).await;
    assert_eq!(got.status, 200, "{}", got.text);
    got.json()
}

#[rocket::async_test]
async fn an_application_that_is_not_allowed_to_exchange_tokens_is_refused() {
    let idp = Idp::start().await.unwrap();
    let description = "requested grant type is not allowed for this client";
    let got = ask(&idp, &idp.subject_token("alice").unwrap(), &[]).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}

#[rocket::async_test]
async fn a_subject_token_becomes_an_access_token_with_what_its_user_may_do() {
    let idp = idp().await;
    let more = [("resource", ORDERS), ("scope", "read:orders delete:orders")];
    let got = exchanged(&idp, "alice", &more).await;
    assert_eq!(names(&got), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(got["scope"], "read:orders");
    let access = claims(&got["access_token"]);
    assert_eq!(access["aud"], ORDERS);
    assert_eq!(access["client_id"], idp.app_id());
    assert_eq!(access["sub"], idp.user_id("alice").unwrap());
    assert_eq!(access.get("act"), None);
    assert_eq!(exchanged(&idp, "bob", &more).await["scope"], "");
}

#[rocket::async_test]
async fn without_a_resource_the_token_is_opaque_and_for_userinfo() {
    let idp = idp().await;
    let got = exchanged(&idp, "alice", &[("scope", "openid profile nope")]).await;
    assert_eq!(got["scope"], "openid profile");
    let user = userinfo(&idp, &got["access_token"]).await;
    assert_eq!((user.status, &user.json()["username"]), (200, &"alice".into()));
    idp.suspend("alice");
    assert_eq!(userinfo(&idp, &got["access_token"]).await.status, 401);
}

#[rocket::async_test]
async fn an_organization_token_has_the_permissions_of_the_member() {
    let idp = idp().await;
    let more = [("organization_id", "org_1"), ("scope", "invite:member nope")];
    let got = exchanged(&idp, "alice", &more).await;
    let access = claims(&got["access_token"]);
    assert_eq!(access["aud"], "urn:logto:organization:org_1");
    assert_eq!(access["scope"], "invite:member");
    let got = ask(&idp, &idp.subject_token("bob").unwrap(), &more).await;
    let description = "user is not a member of the organization";
    assert_eq!(got.error(), refusal(403, "access_denied", description));
}

#[rocket::async_test]
async fn the_actor_is_named_in_the_token() {
    let idp = idp().await;
    let bob = sign_in(&idp, "bob", "openid", &[]).await;
    let actor = bob["access_token"].as_str().unwrap();
    let more = [("resource", ORDERS), ("actor_token", actor), ("actor_token_type", ACCESS_TOKEN)];
    let got = exchanged(&idp, "alice", &more).await;
    assert_eq!(claims(&got["access_token"])["act"]["sub"], idp.user_id("bob").unwrap());
    for wrong in [
        [("actor_token", actor), ("actor_token_type", "nope")],
        [("actor_token", "nope"), ("actor_token_type", ACCESS_TOKEN)],
    ] {
        let got = ask(&idp, &idp.subject_token("alice").unwrap(), &wrong).await;
        assert_eq!(got.error(), invalid_grant(), "{wrong:?}");
    }
}

#[rocket::async_test]
async fn a_subject_token_works_once_and_for_ten_minutes() {
    let clock = Clock::frozen();
    let idp = allowing(Idp::builder().clock(clock.clone())).await;
    let spent = idp.subject_token("alice").unwrap();
    // What fails for another reason does not spend it.
    let unknown = ask(&idp, &spent, &[("resource", "https://nope.test/")]).await;
    assert_eq!(unknown.error().1, "invalid_target");
    assert_eq!(ask(&idp, &spent, &[]).await.status, 200);
    assert_eq!(ask(&idp, &spent, &[]).await.error(), invalid_grant());
    let old = idp.subject_token("alice").unwrap();
    clock.advance(Duration::from_secs(601));
    assert_eq!(ask(&idp, &old, &[]).await.error(), invalid_grant());
    assert_eq!(ask(&idp, "nope", &[]).await.error(), invalid_grant());
    let suspended = idp.subject_token("alice").unwrap();
    idp.suspend("alice");
    assert_eq!(ask(&idp, &suspended, &[]).await.error(), invalid_grant());
    assert!(idp.subject_token("nobody").is_err());
}

#[rocket::async_test]
async fn a_personal_access_token_works_again_and_under_its_own_type() {
    let idp = idp().await;
    let token = idp.personal_access_token("alice").unwrap();
    for _ in 0..2 {
        assert_eq!(ask(&idp, &token, &[("subject_token_type", PERSONAL)]).await.status, 200);
    }
    assert_eq!(ask(&idp, &token, &[]).await.error(), invalid_grant());
    let subject = idp.subject_token("alice").unwrap();
    for kind in [PERSONAL, "nope"] {
        let got = ask(&idp, &subject, &[("subject_token_type", kind)]).await;
        assert_eq!(got.error(), invalid_grant());
    }
    let got = ask(&idp, "", &[]).await;
    assert_eq!(got.error().2, "missing required parameter 'subject_token'");
}
