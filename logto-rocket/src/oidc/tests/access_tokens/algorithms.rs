//! Whose signature is believed, and by which algorithm.

use aws_lc_rs::hmac;

use super::*;
use crate::oidc::tests::signing::encode;

/// `header` and `payload` as the first two parts of a token.
fn unsigned(header: &Value, payload: &Value) -> String {
    format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload.to_string().as_bytes()))
}

#[tokio::test]
async fn the_type_of_the_key_decides_the_algorithm() {
    for (key, own) in [
        (SigningKey::es256("k"), &["ES256"][..]),
        (SigningKey::es384("k"), &["ES384"][..]),
        (SigningKey::rsa("k", "RS256"), &["RS256", "PS256"][..]),
        (SigningKey::rsa("k", "PS256"), &["RS256", "PS256"][..]),
    ] {
        let setup = Setup::with(key).await;
        assert!(setup.accepts(&setup.token()).await, "{own:?}");
        for alg in ["ES256", "ES384", "RS256", "PS256"] {
            let header = with(&setup.header(), "alg", json!(alg));
            if header == setup.header() {
                continue;
            }
            let why = setup.refused(&setup.with_header(&header)).await;
            if own.contains(&alg) {
                assert_eq!(why, InvalidToken::Signature, "{alg} at {own:?}");
            } else {
                assert!(matches!(why, InvalidToken::Header(_)), "{alg} at {own:?}: {why:?}");
            }
        }
    }
}

#[tokio::test]
async fn other_algorithms_are_refused_by_name() {
    let setup = Setup::start().await;
    for alg in ["ES512", "RS384", "RS512", "PS384", "PS512", "EdDSA", "ES256K", "es384", "ES384 "] {
        let header = with(&setup.header(), "alg", json!(alg));
        let why = setup.refused(&setup.with_header(&header)).await;
        assert!(matches!(&why, InvalidToken::Header(why) if why.contains("ES384")), "{why:?}");
    }
    for alg in [json!(null), json!(7), json!(["ES384"]), json!({"ES384": 1}), json!(true)] {
        let header = with(&setup.header(), "alg", alg);
        assert_eq!(setup.refused(&setup.with_header(&header)).await, InvalidToken::Malformed);
    }
    let header = without(&setup.header(), "alg");
    assert_eq!(setup.refused(&setup.with_header(&header)).await, InvalidToken::Malformed);
    assert!(setup.accepts(&setup.token()).await);
}

/// Security item 31.
#[tokio::test]
async fn none_is_no_algorithm_however_it_is_spelled() {
    let setup = Setup::start().await;
    let signature = setup.token().rsplit_once('.').unwrap().1.to_owned();
    for none in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "NoNe",
        "noNE",
        "none ",
        " none",
        "none\0",
        "\tnone",
        "\u{feff}none",
        "n\u{43e}ne",
        "ｎｏｎｅ",
        "",
        "null",
        "undefined",
        "no",
        "None\n",
    ] {
        let header = with(&setup.header(), "alg", json!(none));
        let unsigned = unsigned(&header, &setup.claims());
        for signature in
            ["", "AA", &signature, &encode(setup.key.sign(unsigned.as_bytes()).as_slice())]
        {
            let why = setup.refused(&format!("{unsigned}.{signature}")).await;
            assert!(matches!(why, InvalidToken::Header(_)), "{none:?}: {why:?}");
        }
        assert_eq!(setup.refused(&unsigned).await, InvalidToken::Malformed);
    }
    let unsigned = unsigned(&setup.header(), &setup.claims());
    assert_eq!(setup.refused(&format!("{unsigned}.")).await, InvalidToken::Signature);
    assert!(setup.accepts(&setup.token()).await);
}

/// Security item 34.
#[tokio::test]
async fn a_published_key_is_no_hmac_secret_in_any_encoding() {
    for key in [SigningKey::es256("k"), SigningKey::es384("k"), SigningKey::rsa("k", "RS256")] {
        let setup = Setup::with(key).await;
        let own = setup.header()["alg"].clone();
        for secret in setup.key.public_texts() {
            for (alg, hash) in [
                (json!("HS256"), hmac::HMAC_SHA256),
                (json!("HS384"), hmac::HMAC_SHA384),
                (json!("HS512"), hmac::HMAC_SHA512),
                (own.clone(), hmac::HMAC_SHA256),
            ] {
                let unsigned =
                    unsigned(&with(&setup.header(), "alg", alg.clone()), &setup.claims());
                let signature = hmac::sign(&hmac::Key::new(hash, &secret), unsigned.as_bytes());
                let why =
                    setup.refused(&format!("{unsigned}.{}", encode(signature.as_ref()))).await;
                let expected = match &why {
                    InvalidToken::Header(why) => alg != own && why.contains(alg.as_str().unwrap()),
                    why => alg == own && *why == InvalidToken::Signature,
                };
                assert!(expected, "{alg}: {why:?}");
            }
        }
        assert!(setup.accepts(&setup.token()).await);
    }
}

#[tokio::test]
async fn a_key_that_the_token_brings_or_points_at_is_not_looked_at() {
    let setup = Setup::start().await;
    let forger = SigningKey::es384("forged");
    let own_keys = json!({ "keys": [forger.jwk] });
    setup.server.answer("/forged", Reply::json(200, &own_keys));
    let place = json!(format!("{}/forged", setup.server.origin));
    let certificate = json!([encode(&forger.public_texts()[0])]);
    for (member, value) in [
        ("jwk", forger.jwk.clone()),
        ("jku", place.clone()),
        ("x5u", place),
        ("x5c", certificate),
        ("x5t", json!("AA")),
        ("x5t#S256", json!("AA")),
    ] {
        for (kid, why) in
            [(json!("forged"), InvalidToken::UnknownKey), (json!("k"), InvalidToken::Signature)]
        {
            let header = with(&with(&setup.header(), member, value.clone()), "kid", kid);
            let token = forger.token_with(&header, &setup.claims());
            assert_eq!(setup.refused(&token).await, why, "{member}");
        }
        let header = without(&with(&setup.header(), member, value.clone()), "kid");
        let token = forger.token_with(&header, &setup.claims());
        assert_eq!(setup.refused(&token).await, InvalidToken::Signature, "{member}");
        // A token by Logto's key is as good with the member as without it.
        let header = with(&setup.header(), member, value);
        assert!(setup.accepts(&setup.with_header(&header)).await, "{member}");
    }
    assert!(setup.server.received("/forged").is_empty());
}

/// Security item 33.
#[tokio::test]
async fn a_header_that_demands_an_extension_is_refused() {
    let setup = Setup::start().await;
    for crit in [
        json!(["b64"]),
        json!(["exp"]),
        json!(["x"]),
        json!(["alg"]),
        json!([]),
        json!(null),
        json!("b64"),
        json!(false),
        json!({}),
    ] {
        for header in [
            with(&setup.header(), "crit", crit.clone()),
            with(&with(&setup.header(), "crit", crit.clone()), "b64", json!(false)),
            with(&with(&setup.header(), "crit", crit.clone()), "x", json!(1)),
        ] {
            let why = setup.refused(&setup.with_header(&header)).await;
            assert!(matches!(&why, InvalidToken::Header(why) if why.contains("crit")), "{why:?}");
        }
    }
    assert!(setup.accepts(&setup.token()).await);
}

/// RFC 7797: a payload that is signed as it is, and not encoded.
#[tokio::test]
async fn a_payload_that_is_not_encoded_is_refused() {
    let setup = Setup::start().await;
    let header = encode(with(&setup.header(), "b64", json!(false)).to_string().as_bytes());
    let payload = setup.claims().to_string().replace('.', "%2e");
    let message = format!("{header}.{payload}");
    let token = format!("{message}.{}", encode(&setup.key.sign(message.as_bytes())));
    assert_eq!(setup.refused(&token).await, InvalidToken::Malformed);
    // Signed over what is not sent.
    let encoded = encode(payload.as_bytes());
    let token = format!("{header}.{encoded}.{}", encode(&setup.key.sign(message.as_bytes())));
    assert!(!setup.accepts(&token).await);
    assert!(setup.accepts(&setup.token()).await);
}

#[tokio::test]
async fn a_signature_of_another_form_is_refused() {
    for key in [SigningKey::es256("k"), SigningKey::es384("k")] {
        let setup = Setup::with(key).await;
        let message = unsigned(&setup.header(), &setup.claims());
        let good = setup.key.sign(message.as_bytes());
        let half = good.len() / 2;
        let (r, s) = good.split_at(half);
        let (zero, one, most) =
            (vec![0; half], [vec![0; half - 1], vec![1]].concat(), vec![255; half]);
        for (what, signature) in [
            ("DER", der(r, s)),
            ("r is zero", [&zero, s].concat()),
            ("s is zero", [r, &zero].concat()),
            ("both are zero", [zero.clone(), zero.clone()].concat()),
            ("both are one", [one.clone(), one].concat()),
            ("r is too large", [&most, s].concat()),
            ("s is too large", [r, &most].concat()),
            ("swapped", [s, r].concat()),
            ("r alone", r.to_vec()),
            ("cut", good[..good.len() - 1].to_vec()),
            ("longer", [&good[..], &[0]].concat()),
            ("led by a zero", [&[0], &good[..]].concat()),
            ("twice", [&good[..], &good[..]].concat()),
            ("nothing", Vec::new()),
        ] {
            let why = setup.refused(&format!("{message}.{}", encode(&signature))).await;
            assert_eq!(why, InvalidToken::Signature, "{what}");
        }
        assert!(setup.accepts(&format!("{message}.{}", encode(&good))).await);
    }
}

/// A signature of two numbers as X.509 has it.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let tagged =
        |tag: u8, bytes: Vec<u8>| [vec![tag, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let number = |bytes: &[u8]| {
        let bytes: Vec<_> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
        let sign = if bytes[0] >= 0x80 { vec![0] } else { Vec::new() };
        tagged(2, [sign, bytes].concat())
    };
    tagged(0x30, [number(r), number(s)].concat())
}
