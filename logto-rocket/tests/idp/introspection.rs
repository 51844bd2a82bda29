use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::Idp;
use serde_json::{Value, json};

use crate::support::*;

const SCOPE: &str = "openid offline_access profile read:orders";

async fn introspect(idp: &Idp, token: &Value) -> Got {
    let url = format!("{}/oidc/token/introspection", idp.endpoint());
    let request = client().post(url).basic_auth(idp.app_id(), Some(idp.app_secret()));
    send(request.form(&[("token", token.as_str().unwrap())])).await
}

async fn is_active(idp: &Idp, token: &Value) -> Value {
    let got = introspect(idp, token).await;
    assert_eq!(got.status, 200, "{}", got.text);
    got.json()["active"].clone()
}

#[rocket::async_test]
async fn an_opaque_token_is_introspected_as_at_logto() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", SCOPE, &[("resource", ORDERS)]).await;
    let access = introspect(&idp, &tokens["access_token"]).await;
    assert_eq!(access.header("cache-control"), "no-store");
    let access = access.json();
    assert_eq!(
        names(&access),
        ["active", "client_id", "exp", "iat", "iss", "scope", "sid", "sub", "token_type"]
    );
    assert_eq!(access["active"], true);
    assert_eq!(access["client_id"], idp.app_id());
    assert_eq!(access["sub"], idp.user_id("alice").unwrap());
    assert_eq!(access["iss"], idp.issuer());
    assert_eq!(access["scope"], "openid offline_access profile");
    assert_eq!(access["exp"], access["iat"].as_u64().unwrap() + 3600);
    let refresh = introspect(&idp, &tokens["refresh_token"]).await.json();
    assert_eq!(
        names(&refresh),
        ["active", "client_id", "exp", "iat", "iss", "scope", "sid", "sub"]
    );
    assert_eq!(refresh["scope"], SCOPE);
    assert_eq!(refresh["exp"], refresh["iat"].as_u64().unwrap() + 1_209_600);
    assert_eq!(idp.requests().introspection(), 2);
}

#[rocket::async_test]
async fn what_does_not_count_any_more_is_not_active() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", SCOPE, &[("resource", ORDERS)]).await;
    assert_eq!(introspect(&idp, &json!("abc")).await.json(), json!({"active": false}));
    clock.advance(Duration::from_secs(3600));
    assert_eq!(is_active(&idp, &tokens["access_token"]).await, false);
    assert_eq!(is_active(&idp, &tokens["refresh_token"]).await, true);
    idp.suspend("alice");
    assert_eq!(introspect(&idp, &tokens["refresh_token"]).await.json(), json!({"active": false}));
    idp.reinstate("alice");
    let rotating = Idp::builder().rotating(true).start().await.unwrap();
    let tokens = sign_in(&rotating, "alice", SCOPE, &[]).await;
    refresh(&rotating, &tokens, &[]).await;
    assert_eq!(is_active(&rotating, &tokens["refresh_token"]).await, false);
}

#[rocket::async_test]
async fn a_jwt_is_refused() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", SCOPE, &[("resource", ORDERS)]).await;
    let orders = refresh(&idp, &tokens, &[("resource", ORDERS)]).await.json();
    let description = "Structured JWT Tokens cannot be introspected via the introspection_endpoint";
    for jwt in [&tokens["id_token"], &orders["access_token"]] {
        let got = introspect(&idp, jwt).await;
        assert_eq!(got.error(), refusal(400, "unsupported_token_type", description));
    }
}

#[rocket::async_test]
async fn any_application_may_ask_but_it_must_be_one() {
    let none: [(&str, &[&str]); 0] = [];
    let idp = Idp::builder().machine("m2m", "secret", none).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", SCOPE, &[]).await;
    let url = format!("{}/oidc/token/introspection", idp.endpoint());
    let token = tokens["access_token"].as_str().unwrap();
    let form = [("token", token)];
    let other = send(client().post(&url).basic_auth("m2m", Some("secret")).form(&form)).await;
    assert_eq!(other.json()["client_id"], idp.app_id());
    let got = send(client().post(&url).form(&form)).await;
    let description = "no client authentication mechanism provided";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
    let form = [("token", token), ("client_id", idp.app_id())];
    let got = send(client().post(&url).form(&form)).await;
    assert_eq!(got.error(), refusal(401, "invalid_client", "client authentication failed"));
    let empty = [("other", "x")];
    let got = send(client().post(&url).basic_auth("m2m", Some("secret")).form(&empty)).await;
    let description = "missing required parameter 'token'";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}
