use logto_rocket::testing::{Idp, Tamper};
use serde_json::{Value, json};

use crate::support::*;

async fn tokens(idp: &Idp, tamper: Tamper) -> Value {
    idp.heal();
    idp.tamper(tamper);
    sign_in(idp, "alice", "openid offline_access", &[]).await
}

#[rocket::async_test]
async fn claims_and_headers_are_forged_under_a_good_signature() {
    let idp = Idp::start().await.unwrap();
    let jwks = idp.jwks();
    let forged = tokens(&idp, Tamper::claim("iss", "https://elsewhere.test/oidc")).await;
    assert_eq!(claims(&forged["id_token"])["iss"], "https://elsewhere.test/oidc");
    assert!(verifies(&forged["id_token"], &jwks));
    let forged = tokens(&idp, Tamper::remove_claim("nonce")).await;
    assert_eq!(claims(&forged["id_token"]).get("nonce"), None);
    let forged = tokens(&idp, Tamper::header("typ", "JWT")).await;
    assert_eq!(decoded(&forged["id_token"]).0["typ"], "JWT");
    assert!(verifies(&forged["id_token"], &jwks));
    let forged = tokens(&idp, Tamper::header("kid", Value::Null)).await;
    assert_eq!(decoded(&forged["id_token"]).0.get("kid"), None);
}

#[rocket::async_test]
async fn signatures_are_forged() {
    let idp = Idp::start().await.unwrap();
    let jwks = idp.jwks();
    let forged = tokens(&idp, Tamper::WrongKey).await;
    assert_eq!(decoded(&forged["id_token"]).0["kid"], jwks["keys"][0]["kid"]);
    assert!(!verifies(&forged["id_token"], &jwks));
    let forged = tokens(&idp, Tamper::Unsigned).await;
    assert_eq!(decoded(&forged["id_token"]).0["alg"], "none");
    assert!(forged["id_token"].as_str().unwrap().ends_with('.'));
    let forged = tokens(&idp, Tamper::Hs256).await;
    assert_eq!(decoded(&forged["id_token"]).0["alg"], "HS256");
    let secret = jsonwebtoken::DecodingKey::from_secret(idp.app_secret().as_bytes());
    let text = forged["id_token"].as_str().unwrap();
    let (message, signature) = text.rsplit_once('.').unwrap();
    let hs256 = jsonwebtoken::Algorithm::HS256;
    assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &secret, hs256).unwrap());
}

#[rocket::async_test]
async fn token_answers_are_forged() {
    let idp = Idp::start().await.unwrap();
    for (tamper, name) in [
        (Tamper::NoIdToken, "id_token"),
        (Tamper::NoRefreshToken, "refresh_token"),
        (Tamper::NoAccessToken, "access_token"),
        (Tamper::NoScope, "scope"),
        (Tamper::NoExpiresIn, "expires_in"),
    ] {
        assert_eq!(tokens(&idp, tamper).await.get(name), None);
    }
    assert_eq!(tokens(&idp, Tamper::TokenType("mac".into())).await["token_type"], "mac");
    assert_eq!(tokens(&idp, Tamper::Scope("openid".into())).await["scope"], "openid");
    assert_eq!(tokens(&idp, Tamper::ExpiresIn(-1)).await["expires_in"], -1);
}

#[rocket::async_test]
async fn access_tokens_are_tampered_with_apart_and_all_heals() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access read:orders";
    let signed_in = sign_in(&idp, "alice", scope, &[("resource", ORDERS)]).await;
    idp.tamper_access_tokens(Tamper::claim("aud", json!(["x"])));
    let forged = refresh(&idp, &signed_in, &[("resource", ORDERS)]).await.json();
    assert_eq!(claims(&forged["access_token"])["aud"], json!(["x"]));
    assert_eq!(claims(&forged["id_token"])["aud"], idp.app_id());
    idp.tamper(Tamper::NoIdToken);
    idp.heal();
    let right = refresh(&idp, &signed_in, &[("resource", ORDERS)]).await.json();
    assert_eq!(claims(&right["access_token"])["aud"], ORDERS);
    assert!(right["id_token"].is_string());
}
