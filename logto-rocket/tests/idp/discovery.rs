use logto_rocket::testing::{Idp, Signing};
use serde_json::json;

use crate::support::*;

#[rocket::async_test]
async fn discovery_is_that_of_logto() {
    let idp = Idp::start().await.unwrap();
    let got = get(&idp, "/oidc/.well-known/openid-configuration").await;
    let document = got.json();
    let issuer = format!("{}/oidc", idp.endpoint());
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(document["issuer"], issuer);
    for (name, path) in [
        ("authorization_endpoint", "auth"),
        ("token_endpoint", "token"),
        ("userinfo_endpoint", "me"),
        ("jwks_uri", "jwks"),
        ("end_session_endpoint", "session/end"),
        ("revocation_endpoint", "token/revocation"),
        ("introspection_endpoint", "token/introspection"),
        ("pushed_authorization_request_endpoint", "request"),
        ("device_authorization_endpoint", "device/auth"),
    ] {
        assert_eq!(document[name], format!("{issuer}/{path}"));
    }
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES384"]));
    assert_eq!(document["claims_parameter_supported"], false);
    assert_eq!(document["request_uri_parameter_supported"], false);
    assert_eq!(document, get(&idp, "/oidc/.well-known/oauth-authorization-server").await.json());
    assert_eq!(idp.requests().discovery(), 2);
}

#[rocket::async_test]
async fn there_is_no_discovery_at_the_root() {
    let idp = Idp::start().await.unwrap();
    assert_eq!(get(&idp, "/.well-known/openid-configuration").await.status, 404);
}

#[rocket::async_test]
async fn it_listens_on_127_0_0_1_only() {
    let idp = Idp::start().await.unwrap();
    let port = idp.endpoint().strip_prefix("http://127.0.0.1:").expect("the loopback address");
    let refused = client().get(format!("http://127.0.0.2:{port}/oidc/jwks")).send().await;
    assert!(refused.unwrap_err().is_connect());
    assert_eq!(get(&idp, "/oidc/jwks").await.status, 200);
}

#[rocket::async_test]
async fn the_jwks_holds_an_es384_key_and_is_not_sent_twice() {
    let idp = Idp::start().await.unwrap();
    let got = get(&idp, "/oidc/jwks").await;
    assert_eq!(got.header("content-type"), "application/jwk-set+json; charset=utf-8");
    assert_eq!(got.header("cache-control"), "no-cache, max-age=0, must-revalidate");
    let key = &got.json()["keys"][0];
    assert_eq!(names(key), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"]),
        (&json!("EC"), &json!("P-384"), &json!("ES384"))
    );
    assert_eq!(key["kid"].as_str().unwrap().len(), 43);

    let url = format!("{}/oidc/jwks", idp.endpoint());
    let known = send(client().get(url).header("If-None-Match", got.header("etag"))).await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
}

#[rocket::async_test]
async fn after_a_rotation_to_rsa_both_keys_are_there_and_the_new_one_signs() {
    let idp = Idp::start().await.unwrap();
    let old = sign_in(&idp, "alice", "openid", &[]).await;
    idp.rotate_keys(Signing::Rs256).unwrap();
    let jwks = get(&idp, "/oidc/jwks").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(names(&keys[0]), ["e", "kid", "kty", "n", "use"], "the RSA key has no alg");
    assert_eq!(keys[1]["alg"], "ES384");
    assert_eq!(
        idp.discovery()["id_token_signing_alg_values_supported"],
        json!(["PS256", "RS256", "ES384"])
    );
    let new = sign_in(&idp, "alice", "openid", &[]).await;
    assert_eq!(decoded(&new["id_token"]).0["alg"], "RS256");
    assert!(verifies(&new["id_token"], &jwks));
    assert!(verifies(&old["id_token"], &jwks), "tokens of the previous key still verify");

    idp.rotate_keys(Signing::Es384).unwrap();
    let jwks = get(&idp, "/oidc/jwks").await.json();
    assert!(verifies(&new["id_token"], &jwks));
    assert!(!verifies(&old["id_token"], &jwks), "the first key is gone");
}

#[rocket::async_test]
async fn an_unknown_path_or_method_is_answered_in_logtos_words() {
    let idp = Idp::start().await.unwrap();
    let description = "unrecognized route or not allowed method (GET on /token)";
    let got = get(&idp, "/oidc/token").await;
    assert_eq!(got.error(), refusal(404, "invalid_request", description));
    assert_eq!(got.json()["code"], "oidc.invalid_request");
    assert_eq!(got.json()["message"], "Request is invalid.");
    assert_eq!(got.header("logto-core-request-id").len(), 16);
}

#[rocket::async_test]
async fn only_a_client_that_looks_for_this_machine_is_answered() {
    let idp = Idp::start().await.unwrap();
    let url = format!("{}/oidc/jwks", idp.endpoint());
    for (host, status) in [
        ("127.0.0.1", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8000", 421),
        ("10.0.0.1", 421),
    ] {
        let got = send(client().get(&url).header("Host", host)).await;
        assert_eq!(got.status, status, "{host}");
        assert_eq!(got.text.contains("keys"), status == 200, "{host}");
    }
}
