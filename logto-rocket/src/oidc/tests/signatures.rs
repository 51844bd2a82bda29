//! Whose signature is believed, and by which algorithm.

use aws_lc_rs::hmac;
use serde_json::json;

use super::signing::encode;
use super::*;

#[tokio::test]
async fn a_token_signed_by_a_published_key_is_believed_with_every_accepted_algorithm() {
    for key in [
        SigningKey::es256("k"),
        SigningKey::es384("k"),
        SigningKey::rsa("k", "RS256"),
        SigningKey::rsa("k", "PS256"),
    ] {
        let (server, client) = client_of(&[&key]).await;
        let token = verify(&client, &key.token(&claims(&server))).await.unwrap();
        assert_eq!(token.sub, "user_1");
        assert!(token.roles.as_ref().unwrap().contains(&"admin".to_owned()));
    }
}

/// Logto before 1.42 writes the type.
#[tokio::test]
async fn the_type_of_an_id_token_is_jwt_or_nothing() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    let typed = |typ: &str| {
        let header = with(&key.header(), "typ", json!(typ));
        key.token_with(&header, &claims(&server))
    };
    assert!(verify(&client, &typed("JWT")).await.is_ok());
    for typ in ["at+jwt", "logout+jwt", "application/at+jwt", "JWE", ""] {
        assert!(matches!(refused(&client, &typed(typ)).await, InvalidToken::Header(_)), "{typ}");
    }
}

/// Security item 31.
#[tokio::test]
async fn a_token_without_a_signature_is_refused_however_none_is_spelled() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    let payload = encode(claims(&server).to_string().as_bytes());
    for none in ["none", "None", "NONE", "nOnE", "", "null"] {
        let header = encode(json!({"alg": none, "kid": "k"}).to_string().as_bytes());
        for signature in ["", "AA"] {
            let why = refused(&client, &format!("{header}.{payload}.{signature}")).await;
            assert!(matches!(why, InvalidToken::Header(_)), "{none}: {why:?}");
        }
        let two_parts = refused(&client, &format!("{header}.{payload}")).await;
        assert_eq!(two_parts, InvalidToken::Malformed);
    }
    let header = encode(key.header().to_string().as_bytes());
    assert_eq!(refused(&client, &format!("{header}.{payload}.")).await, InvalidToken::Signature);
    let zero = encode(&[0; 96]);
    let why = refused(&client, &format!("{header}.{payload}.{zero}")).await;
    assert_eq!(why, InvalidToken::Signature);
    for alg in [json!(null), json!(7), json!(["ES384"])] {
        let header = with(&key.header(), "alg", alg);
        let token = key.token_with(&header, &claims(&server));
        assert_eq!(refused(&client, &token).await, InvalidToken::Malformed);
    }
}

/// Security item 31.
#[tokio::test]
async fn an_encrypted_or_nested_token_is_refused() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    let inner = key.token(&claims(&server));
    let jwe = encode(br#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#);
    let wrapped = format!("{jwe}.AAAA.AAAA.{}.AAAA", encode(inner.as_bytes()));
    assert_eq!(refused(&client, &wrapped).await, InvalidToken::Malformed);
    let nested = key.signed(&with(&key.header(), "cty", json!("JWT")).to_string(), &inner);
    assert_eq!(refused(&client, &nested).await, InvalidToken::Malformed);
}

/// Security item 33.
#[tokio::test]
async fn a_critical_extension_is_refused() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    for crit in [json!(["x"]), json!([]), json!(null), json!("b64")] {
        let header = with(&key.header(), "crit", crit);
        let why = refused(&client, &key.token_with(&header, &claims(&server))).await;
        assert!(matches!(&why, InvalidToken::Header(why) if why.contains("crit")), "{why:?}");
    }
}

/// Security item 34.
#[tokio::test]
async fn a_public_key_is_no_hmac_secret() {
    for key in [SigningKey::es384("k"), SigningKey::rsa("k", "RS256")] {
        let (server, client) = client_of(&[&key]).await;
        for secret in key.public_texts() {
            let header = json!({"alg": "HS256", "kid": "k"}).to_string();
            let message = format!(
                "{}.{}",
                encode(header.as_bytes()),
                encode(claims(&server).to_string().as_bytes())
            );
            let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let signature = hmac::sign(&secret, message.as_bytes());
            let token = format!("{message}.{}", encode(signature.as_ref()));
            let why = refused(&client, &token).await;
            assert!(matches!(&why, InvalidToken::Header(why) if why.contains("HS256")), "{why:?}");
        }
    }
}

/// Security item 34.
#[tokio::test]
async fn the_key_decides_the_algorithm_and_a_refusal_names_the_token_s() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    for alg in ["ES256", "RS256", "PS256", "ES512", "RS384", "RS512", "PS512", "EdDSA", "ES256K"] {
        let header = with(&key.header(), "alg", json!(alg));
        let why = refused(&client, &key.token_with(&header, &claims(&server))).await;
        assert!(matches!(&why, InvalidToken::Header(why) if why.contains(alg)), "{alg}: {why:?}");
    }
}

#[tokio::test]
async fn the_algorithm_that_a_key_is_published_with_is_its_only_one() {
    let mut key = SigningKey::rsa("k", "PS256");
    key.jwk["alg"] = json!("RS256");
    let (server, client) = client_of(&[&key]).await;
    let why = refused(&client, &key.token(&claims(&server))).await;
    assert!(matches!(&why, InvalidToken::Header(why) if why.contains("PS256")), "{why:?}");

    key.jwk["alg"] = json!("PS256");
    server.publish(&[&key]);
    let client = super::client(&server);
    assert!(verify(&client, &key.token(&claims(&server))).await.is_ok());
}

#[tokio::test]
async fn a_key_for_another_use_verifies_nothing() {
    let good = SigningKey::es384("good");
    for (member, value) in [("use", json!("enc")), ("key_ops", json!(["sign"]))] {
        let mut key = SigningKey::es384("k");
        key.jwk[member] = value;
        let (server, client) = client_of(&[&good, &key]).await;
        let why = refused(&client, &key.token(&claims(&server))).await;
        assert_eq!(why, InvalidToken::UnknownKey);
        assert!(verify(&client, &good.token(&claims(&server))).await.is_ok());
    }
}

#[tokio::test]
async fn keys_that_are_not_understood_do_not_spoil_the_others() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[]).await;
    let odd = [json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}), json!({"kty": 7}), json!("x")];
    let mut keys = odd.to_vec();
    keys.push(key.jwk.clone());
    server.answer("/oidc/jwks", Reply::json(200, &json!({ "keys": keys })));
    assert!(verify(&client, &key.token(&claims(&server))).await.is_ok());
}

#[tokio::test]
async fn a_token_that_names_no_key_is_believed_only_if_one_key_alone_fits() {
    let (one, other) = (SigningKey::es384("a"), SigningKey::es384("b"));
    let rsa = SigningKey::rsa("c", "RS256");
    let (server, client) = client_of(&[&one, &rsa]).await;
    let header = without(&one.header(), "kid");
    let token = one.token_with(&header, &claims(&server));
    assert!(verify(&client, &token).await.is_ok());

    server.publish(&[&one, &other]);
    let client = super::client(&server);
    assert!(matches!(refused(&client, &token).await, InvalidToken::Header(_)));
}

#[tokio::test]
async fn a_token_by_another_key_under_the_same_id_is_refused() {
    let (key, forger) = (SigningKey::es384("k"), SigningKey::es384("k"));
    let (server, client) = client_of(&[&key]).await;
    let token = forger.token(&claims(&server));
    assert_eq!(refused(&client, &token).await, InvalidToken::Signature);
    let token = key.token(&claims(&server));
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    let other = encode(with(&claims(&server), "sub", json!("user_2")).to_string().as_bytes());
    let changed = format!("{header}.{other}.{signature}");
    assert_eq!(refused(&client, &changed).await, InvalidToken::Signature);
}

/// Security item 36: refused before anything is decoded, so that no key is even asked for.
#[tokio::test]
async fn a_huge_token_is_refused_unread() {
    let (server, client) = client_of(&[]).await;
    let key = SigningKey::es384("k");
    let zip = encode(br#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#);
    for token in [
        ".".repeat(1_000_000),
        "A".repeat(10_000_000),
        format!("{zip}..AAAA.{}.AAAA", "A".repeat(10_000_000)),
        key.token(&with(&claims(&server), "x", json!("x".repeat(64 * 1024)))),
    ] {
        assert_eq!(refused(&client, &token).await, InvalidToken::Malformed);
    }
    assert!(server.received("/oidc/jwks").is_empty());

    let large = key.token(&with(&claims(&server), "x", json!("x".repeat(40 * 1024))));
    server.publish(&[&key]);
    assert!(verify(&client, &large).await.is_ok());
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let (_server, client) = client_of(&[]).await;
    for text in ["", ".", "..", "...", "a.b.c", "e30.e30.e30", "eyJ9.e30.AA", "\u{0}.é.=", "a b c"]
    {
        assert_eq!(refused(&client, text).await, InvalidToken::Malformed, "{text:?}");
    }
}
