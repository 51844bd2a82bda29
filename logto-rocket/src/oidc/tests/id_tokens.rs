//! What an ID token must say.

use serde_json::json;
use sha2::{Digest, Sha256, Sha384};

use super::super::{Before, MaxAge};
use super::signing::encode;
use super::*;
use crate::claims::Claims;

/// A server, a client of it, and the key that signs.
async fn setup() -> (Server, Oidc, SigningKey) {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    (server, client, key)
}

#[tokio::test]
async fn claims_of_the_token_are_not_claims_of_the_user() {
    let (server, client, key) = setup().await;
    let extra = json!({"big": 123_456_789_012_345_678_u64, "deep": {"list": [1.5, null]}});
    let claims = with(&with(&claims(&server), "custom_data", extra.clone()), "jti", json!("j"));
    let token = verify(&client, &key.token(&claims)).await.unwrap();
    let kept: Value = serde_json::from_str(token.as_json()).unwrap();
    assert_eq!(
        kept,
        json!({
            "sub": "user_1", "name": "Ada", "email": null, "roles": ["admin"],
            "custom_data": extra,
        })
    );
}

/// Security items 32 and 38.
#[tokio::test]
async fn a_time_of_the_wrong_type_or_missing_is_refused() {
    let (server, client, key) = setup().await;
    let claims = claims(&server);
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for value in [
            json!("1893456000"),
            json!(null),
            json!([claims["exp"]]),
            json!({}),
            json!(true),
            json!(-1),
            json!(-1.5),
            json!(1e300),
            json!("1.5"),
            json!(u64::MAX),
        ] {
            let why = refused(&client, &key.token(&with(&claims, name, value.clone()))).await;
            assert_eq!(claim(&why), name, "{name}: {value}");
        }
        let nan = key.signed(&key.header().to_string(), &format!(r#"{{"{name}":NaN}}"#));
        assert_eq!(refused(&client, &nan).await, InvalidToken::Malformed);
    }
    for name in ["exp", "iat"] {
        let why = refused(&client, &key.token(&without(&claims, name))).await;
        assert_eq!(claim(&why), name);
    }
}

#[tokio::test]
async fn a_token_counts_from_its_issue_to_its_expiry_give_or_take_the_skew() {
    let (server, client, key) = setup().await;
    let claims = claims(&server);
    let now = claims["iat"].as_u64().unwrap();
    for (name, value, good) in [
        ("exp", now - 30, true),
        ("exp", now - 61, false),
        ("iat", now + 30, true),
        ("iat", now + 120, false),
        ("nbf", now + 30, true),
        ("nbf", now + 120, false),
    ] {
        let token = key.token(&with(&claims, name, json!(value)));
        match verify(&client, &token).await {
            Ok(_) => assert!(good, "{name} {value}"),
            Err(error) => {
                assert!(!good, "{name} {value}: {error}");
                assert_eq!(claim_of(&error), name);
            }
        }
    }
}

/// Security item 35.
#[tokio::test]
async fn the_issuer_must_be_equal_to_the_byte() {
    let (server, client, key) = setup().await;
    let issuer = server.issuer();
    for other in [
        json!(format!("{issuer}/")),
        json!(&issuer[..issuer.len() - 1]),
        json!(&issuer[1..]),
        json!(format!("{issuer}.evil.example")),
        json!(format!("https://evil.example/{issuer}")),
        json!(issuer.to_uppercase()),
        json!(issuer.replace("127.0.0.1", "localhost")),
        json!(""),
        json!(null),
        json!([issuer]),
    ] {
        let why = refused(&client, &key.token(&with(&claims(&server), "iss", other))).await;
        assert_eq!(claim(&why), "iss");
    }
    let why = refused(&client, &key.token(&without(&claims(&server), "iss"))).await;
    assert_eq!(claim(&why), "iss");
}

/// Security item 37.
#[tokio::test]
async fn the_audience_must_be_this_application() {
    let (server, client, key) = setup().await;
    for other in [json!("app_2"), json!(["app_2"]), json!([]), json!(""), json!(null), json!({})] {
        let why = refused(&client, &key.token(&with(&claims(&server), "aud", other))).await;
        assert_eq!(claim(&why), "aud");
    }
    let why = refused(&client, &key.token(&without(&claims(&server), "aud"))).await;
    assert_eq!(claim(&why), "aud");

    let alone = with(&claims(&server), "aud", json!([APP]));
    assert!(verify(&client, &key.token(&alone)).await.is_ok());
}

#[tokio::test]
async fn among_several_audiences_this_application_must_be_the_authorized_party() {
    let (server, client, key) = setup().await;
    let several = with(&claims(&server), "aud", json!([APP, "app_2"]));
    let ours = with(&several, "azp", json!(APP));
    assert!(verify(&client, &key.token(&ours)).await.is_ok());
    let theirs = with(&several, "azp", json!("app_2"));
    let single = with(&claims(&server), "azp", json!("app_2"));
    for (claims, name) in [(several, "aud"), (theirs, "azp"), (single, "azp")] {
        assert_eq!(claim(&refused(&client, &key.token(&claims)).await), name);
    }
}

#[tokio::test]
async fn the_nonce_of_the_sign_in_must_come_back() {
    let (server, client, key) = setup().await;
    let claims = claims(&server);
    for claims in [
        without(&claims, "nonce"),
        with(&claims, "nonce", json!("n-2")),
        with(&claims, "nonce", json!("")),
        with(&claims, "nonce", json!(null)),
        with(&claims, "nonce", json!(["n-1"])),
    ] {
        assert_eq!(claim(&refused(&client, &key.token(&claims)).await), "nonce");
    }
}

#[tokio::test]
async fn the_subject_is_short_ascii() {
    let (server, client, key) = setup().await;
    for sub in
        [json!(""), json!("x".repeat(256)), json!("ü"), json!("a\u{0}"), json!(7), json!(null)]
    {
        let why = refused(&client, &key.token(&with(&claims(&server), "sub", sub))).await;
        assert_eq!(claim(&why), "sub");
    }
    let longest = with(&claims(&server), "sub", json!("x".repeat(255)));
    assert!(verify(&client, &key.token(&longest)).await.is_ok());
}

/// Security item 33: a hash that is there must be right, by the hash of the token's algorithm.
#[tokio::test]
async fn the_hash_of_the_access_token_must_be_right_if_there_is_one() {
    let half = |hash: &[u8]| json!(encode(&hash[..hash.len() / 2]));
    let (short, long) = (Sha256::digest("at-1").to_vec(), Sha384::digest("at-1").to_vec());
    for (key, right, wrong) in [
        (SigningKey::es256("k"), &short, &long),
        (SigningKey::es384("k"), &long, &short),
        (SigningKey::rsa("k", "RS256"), &short, &long),
        (SigningKey::rsa("k", "PS256"), &short, &long),
    ] {
        let (server, client) = client_of(&[&key]).await;
        let hashed = |hash| key.token(&with(&claims(&server), "at_hash", hash));
        assert!(verify(&client, &hashed(half(right))).await.is_ok());
        for bad in [half(wrong), json!(encode(right)), json!(""), json!(null), json!(1)] {
            let why = refused(&client, &hashed(bad)).await;
            assert_eq!(claim(&why), "at_hash");
        }
    }
}

/// Security item 40.
#[tokio::test]
async fn a_fresh_authentication_that_was_asked_for_must_have_happened() {
    let (server, client, key) = setup().await;
    let claims = claims(&server);
    let now = claims["iat"].as_u64().unwrap();
    let access_token = AccessToken::from("at-1");
    let check = async |claims: &Value, max_age, asked_at| {
        let max_age = Some(MaxAge { max_age: Duration::from_secs(max_age), asked_at });
        let expected =
            Expected { access_token: &access_token, nonce: None, max_age, same_as: None };
        client.verify_id_token(&RawIdToken::from(key.token(claims)), &expected).await
    };
    let at = |time: u64| with(&claims, "auth_time", json!(time));

    assert_eq!(claim_of(&check(&claims, 0, now).await.unwrap_err()), "auth_time");
    assert_eq!(claim_of(&check(&at(now - 3600), 0, now).await.unwrap_err()), "auth_time");
    assert_eq!(claim_of(&check(&at(now - 1000), 900, now).await.unwrap_err()), "auth_time");
    assert!(check(&at(now), 0, now).await.is_ok());
    assert!(check(&at(now - 900), 900, now).await.is_ok());
    // Asked ten minutes ago, proved nine minutes ago, back now.
    assert!(check(&at(now - 540), 0, now - 600).await.is_ok());
}

/// Security item 39.
#[tokio::test]
async fn a_refreshed_token_must_be_about_the_same_user_and_authentication() {
    let (server, client, key) = setup().await;
    let claims = with(&claims(&server), "auth_time", json!(1_700_000_000));
    let access_token = AccessToken::from("at-1");
    let check = async |session: &str| {
        let session = Claims::from_json(session).unwrap();
        let expected = Expected {
            access_token: &access_token,
            nonce: None,
            max_age: None,
            same_as: Some(Before { claims: &session, nonce: None }),
        };
        client.verify_id_token(&RawIdToken::from(key.token(&claims)), &expected).await.map(drop)
    };
    assert_eq!(check(r#"{"sub":"user_1"}"#).await, Ok(()));
    assert_eq!(check(r#"{"sub":"user_1","auth_time":1700000000}"#).await, Ok(()));
    assert_eq!(claim_of(&check(r#"{"sub":"user_2"}"#).await.unwrap_err()), "sub");
    let other = check(r#"{"sub":"user_1","auth_time":1700000001}"#).await.unwrap_err();
    assert_eq!(claim_of(&other), "auth_time");
}

#[tokio::test]
async fn a_claim_of_a_type_that_logto_never_gives_is_an_error_without_its_value() {
    let (server, client, key) = setup().await;
    let token = key.token(&with(&claims(&server), "roles", json!("hunter2")));
    let error = verify(&client, &token).await.unwrap_err();
    assert!(matches!(error, Error::BadAnswer { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

/// The claim that a token is refused for.
fn claim(why: &InvalidToken) -> &'static str {
    match why {
        InvalidToken::Claim { name, .. } => name,
        other => panic!("no claim: {other:?}"),
    }
}

fn claim_of(error: &Error) -> &'static str {
    match error {
        Error::InvalidToken(why) => claim(why),
        other => panic!("no token: {other:?}"),
    }
}
