//! How a token must be written.

use super::*;
use crate::oidc::tests::signing::encode;

#[tokio::test]
async fn padding_white_space_and_another_alphabet_are_refused() {
    let setup = Setup::start().await;
    let token = setup.token();
    let parts: Vec<_> = token.split('.').collect();
    for extra in ["=", "==", " ", "\n", "\r\n", "\t", "\u{0}", "\u{a0}", "%20", "+", "/", "é"] {
        for at in 0..3 {
            for changed in [
                format!("{}{extra}", parts[at]),
                format!("{extra}{}", parts[at]),
                format!("{}{extra}{}", &parts[at][..8], &parts[at][8..]),
            ] {
                let mut parts = parts.clone();
                parts[at] = &changed;
                let why = setup.refused(&parts.join(".")).await;
                assert_eq!(why, InvalidToken::Malformed, "{extra:?} in part {at}");
            }
        }
    }
    for text in
        [format!("{token}."), format!(".{token}"), format!("{token}.AA"), token.replace('.', "..")]
    {
        assert_eq!(setup.refused(&text).await, InvalidToken::Malformed);
    }
    assert!(setup.accepts(&token).await);
}

/// The last character of a part can have bits that stand for nothing. A token is one text only, or it
/// would be remembered in several.
#[tokio::test]
async fn bits_that_stand_for_nothing_are_refused() {
    let setup = Setup::with(SigningKey::es256("k")).await;
    let token = setup.token();
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    // 64 bytes are 85 characters and two bits of the last one.
    for other in (0..64).filter(|other| other >> 4 == place >> 4 && *other != place) {
        let other = format!("{rest}{}", &alphabet[other..=other]);
        assert_eq!(setup.refused(&other).await, InvalidToken::Malformed);
    }
    assert!(setup.accepts(&token).await);
}

#[tokio::test]
async fn a_member_that_is_given_twice_is_refused() {
    let setup = Setup::start().await;
    let (header, claims) = (setup.header().to_string(), setup.claims().to_string());
    let doubled = |json: &str, member: &str| format!("{},{member}}}", json.trim_end_matches('}'));
    for member in [
        r#""alg":"ES384""#,
        r#""alg":"none""#,
        r#""kid":"k""#,
        r#""typ":"at+jwt""#,
        r#""al\u0067":"none""#,
    ] {
        let token = setup.key.signed(&doubled(&header, member), &claims);
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed, "{member}");
    }
    for member in [
        r#""aud":"https://api.example.com/orders""#,
        r#""exp":9999999999"#,
        r#""iss":"https://evil.example""#,
        r#""scope":"admin""#,
        r#""su\u0062":"admin""#,
        r#""jti":"another""#,
    ] {
        let token = setup.key.signed(&header, &doubled(&claims, member));
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed, "{member}");
    }
    let token = setup.key.signed(&doubled(&header, r#""own":1"#), &doubled(&claims, r#""own":1"#));
    assert!(setup.accepts(&token).await);
}

#[tokio::test]
async fn a_header_and_a_payload_are_one_json_object_each() {
    let setup = Setup::start().await;
    let (header, claims) = (setup.header().to_string(), setup.claims().to_string());
    for other in ["", "null", "7", "\"x\"", "[]", r#"["ES384","k","at+jwt"]"#, "{", "{}}", "NaN"] {
        let token = setup.key.signed(other, &claims);
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed, "header {other}");
        let token = setup.key.signed(&header, other);
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed, "payload {other}");
    }
    let around =
        |text: &str| [format!("{text} {text}"), format!("\u{feff}{text}"), format!("[{text}]")];
    for other in around(&header) {
        assert_eq!(
            setup.refused(&setup.key.signed(&other, &claims)).await,
            InvalidToken::Malformed
        );
    }
    for other in around(&claims) {
        assert_eq!(
            setup.refused(&setup.key.signed(&header, &other)).await,
            InvalidToken::Malformed
        );
    }
    // The empty object is read, and lacks all.
    assert_eq!(setup.refused_claim(&setup.key.signed(&header, "{}")).await, "iss");
    assert!(setup.accepts(&setup.key.signed(&header, &claims)).await);
}

#[tokio::test]
async fn a_token_that_is_not_utf_8_inside_is_refused() {
    let setup = Setup::start().await;
    let header = encode(setup.header().to_string().as_bytes());
    let mut payload = with(&setup.claims(), "name", json!("??")).to_string().into_bytes();
    let sign = |payload: &[u8]| {
        let message = format!("{header}.{}", encode(payload));
        format!("{message}.{}", encode(&setup.key.sign(message.as_bytes())))
    };
    assert!(setup.accepts(&sign(&payload)).await);
    let at = payload.windows(2).position(|two| two == b"??").unwrap();
    for broken in [[0xc3, 0x28], [0xff, 0xfe], [0xc0, 0xae]] {
        payload[at..at + 2].copy_from_slice(&broken);
        assert_eq!(setup.refused(&sign(&payload)).await, InvalidToken::Malformed, "{broken:?}");
    }
}

/// Security item 31.
#[tokio::test]
async fn an_encrypted_or_nested_token_is_refused() {
    let setup = Setup::start().await;
    let inner = setup.token();
    let jwe = encode(br#"{"alg":"RSA-OAEP","enc":"A128GCM","typ":"at+jwt"}"#);
    let wrapped = format!("{jwe}.AAAA.AAAA.{}.AAAA", encode(inner.as_bytes()));
    let nested = with(&setup.header(), "cty", json!("JWT")).to_string();
    for token in [wrapped, setup.key.signed(&nested, &inner), format!("\"{inner}\"")] {
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed);
    }
    let as_json = json!({"payload": "AA", "signatures": [{"protected": "AA", "signature": "AA"}]});
    assert_eq!(setup.refused(&as_json.to_string()).await, InvalidToken::Malformed);
    assert!(setup.accepts(&inner).await);
}

/// Security item 36: refused before anything is decoded, so that no key is even asked for.
#[tokio::test]
async fn a_huge_token_is_refused_unread() {
    let setup = Setup::unready(SigningKey::es384("k"), Clock::system()).await;
    let large = |size| setup.with_claim("x", json!("x".repeat(size)));
    let zip = encode(br#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#);
    let header = encode(setup.header().to_string().as_bytes());
    for token in [
        ".".repeat(1_000_000),
        "A".repeat(5_000_000),
        format!("{header}.{}.AA", "A".repeat(5_000_000)),
        format!("{}.e30.AA", "A".repeat(5_000_000)),
        format!("{zip}..AAAA.{}.AAAA", "A".repeat(5_000_000)),
        large(64 * 1024),
    ] {
        assert_eq!(setup.refused(&token).await, InvalidToken::Malformed);
    }
    assert!(setup.server.received(KEYS).is_empty());
    assert!(setup.accepts(&large(40 * 1024)).await);
}
