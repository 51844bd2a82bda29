use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::Idp;
use serde_json::json;

use crate::support::*;

#[rocket::async_test]
async fn userinfo_has_more_than_the_id_token() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", ALL_SCOPES, &[]).await;
    let got = userinfo(&idp, &tokens["access_token"]).await;
    let profile = got.json();
    assert_eq!(got.header("cache-control"), "no-store");
    assert_eq!(profile["sub"], idp.user_id("alice").unwrap());
    assert_eq!(profile["custom_data"], json!({ "plan": "gold", "theme": { "dark": true } }));
    assert_eq!((&profile["identities"], &profile["sso_identities"]), (&json!({}), &json!([])));
    let acme = json!([{ "id": "org_1", "name": "Acme", "description": "Acme Inc" }]);
    assert_eq!(profile["organization_data"], acme);
    let id_token = claims(&tokens["id_token"]);
    for name in ["custom_data", "identities", "sso_identities", "organization_data"] {
        assert_eq!(id_token.get(name), None, "{name}");
    }
    for name in ["iss", "aud", "exp", "iat", "nonce"] {
        assert_eq!(profile.get(name), None, "{name}");
    }
}

#[rocket::async_test]
async fn userinfo_of_a_bare_user_has_nulls() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "bob", ALL_SCOPES, &[]).await;
    let profile = userinfo(&idp, &tokens["access_token"]).await.json();
    assert_eq!(profile.get("name"), Some(&json!(null)));
    assert_eq!((&profile["custom_data"], &profile["organization_data"]), (&json!({}), &json!([])));
}

#[rocket::async_test]
async fn the_token_comes_in_the_header_or_a_form_and_not_in_the_query() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid", &[]).await;
    let token = tokens["access_token"].as_str().unwrap();
    let url = format!("{}/oidc/me", idp.endpoint());
    let lower = client().get(&url).header("authorization", format!("bearer {token}"));
    assert_eq!(send(lower).await.status, 200);
    assert_eq!(send(client().post(&url).bearer_auth(token)).await.status, 200);
    assert_eq!(send(client().post(&url).form(&[("access_token", token)])).await.status, 200);

    let got = send(client().get(&url).query(&[("access_token", token)])).await;
    let description = "access tokens must not be provided via query parameter";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
    let got = send(client().get(&url).header("authorization", "abc")).await;
    let description = "invalid authorization header value format";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}

#[rocket::async_test]
async fn other_tokens_are_refused_with_a_challenge() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access read:orders";
    let tokens = sign_in(&idp, "alice", scope, &[("resource", ORDERS)]).await;
    let jwt = refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json();
    for token in [&json!("abc"), &jwt["access_token"], &tokens["id_token"]] {
        let got = userinfo(&idp, token).await;
        assert_eq!(got.error(), refusal(401, "invalid_token", "invalid token provided"));
        let challenge = format!(
            r#"Bearer realm="{}", error="invalid_token", error_description="invalid token provided""#,
            idp.issuer()
        );
        assert_eq!(got.header("www-authenticate"), challenge);
    }
    let got = get(&idp, "/oidc/me").await;
    assert_eq!(got.error(), refusal(401, "invalid_token", "no access token provided"));
    assert_eq!(got.header("www-authenticate"), format!(r#"Bearer realm="{}""#, idp.issuer()));
}

#[rocket::async_test]
async fn without_openid_it_is_forbidden() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "profile", &[("nonce", "-")]).await;
    let got = userinfo(&idp, &tokens["access_token"]).await;
    let description = "access token missing openid scope";
    assert_eq!(got.error(), refusal(403, "insufficient_scope", description));
    assert_eq!(got.json()["scope"], "openid");
    assert!(got.header("www-authenticate").ends_with(r#", scope="openid""#));
}

#[rocket::async_test]
async fn an_access_token_lives_an_hour_or_until_it_is_expired_by_hand() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    clock.advance(Duration::from_secs(3_590));
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 200);
    clock.advance(Duration::from_secs(10));
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 401);
    let again = refresh(&idp, &tokens, &[]).await.json();
    assert_eq!(userinfo(&idp, &again["access_token"]).await.status, 200);
    idp.expire_access_tokens();
    assert_eq!(userinfo(&idp, &again["access_token"]).await.status, 401);
    assert_eq!(refresh(&idp, &again, &[]).await.status, 200);
}

async fn revoke(idp: &Idp, form: &[(&str, &str)]) -> Got {
    let url = format!("{}/oidc/token/revocation", idp.endpoint());
    send(client().post(url).basic_auth(idp.app_id(), Some(idp.app_secret())).form(form)).await
}

#[rocket::async_test]
async fn revoking_either_token_ends_the_grant() {
    let idp = Idp::start().await.unwrap();
    for name in ["access_token", "refresh_token"] {
        let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
        let got = revoke(&idp, &[("token", tokens[name].as_str().unwrap())]).await;
        assert_eq!((got.status, got.text.as_str()), (200, ""));
        assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 401);
        assert_eq!(refresh(&idp, &tokens, &[]).await.error(), invalid_grant());
        let again = revoke(&idp, &[("token", tokens[name].as_str().unwrap())]).await;
        assert_eq!(again.status, 200, "an unknown token is no error");
    }
    assert_eq!(idp.requests().revocation(), 4);
}

#[rocket::async_test]
async fn what_cannot_be_revoked_is_refused_and_lives_on() {
    let idp = Idp::builder().app("one", "x").app("two", "y").start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid offline_access", &[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let got = revoke(&idp, &[("token", tokens["id_token"].as_str().unwrap())]).await;
    let description = "Structured JWT Tokens cannot be revoked via the revocation_endpoint";
    assert_eq!(got.error(), refusal(400, "unsupported_token_type", description));
    let description = "missing required parameter 'token'";
    assert_eq!(revoke(&idp, &[]).await.error(), refusal(400, "invalid_request", description));
    let url = format!("{}/oidc/token/revocation", idp.endpoint());
    let post = || client().post(&url).form(&[("token", access)]);
    let got = send(post().basic_auth("two", Some("y"))).await;
    let description = "client is not authorized to revoke the presented token";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
    assert_eq!(send(post().basic_auth("one", Some("wrong"))).await.status, 401);
    assert_eq!(send(post()).await.status, 400);
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 200);
}
