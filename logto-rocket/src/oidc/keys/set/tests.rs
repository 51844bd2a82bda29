//! Which algorithms the published keys allow, and which parts of a token are read.

use serde_json::json;

use super::*;

/// The public key of [RFC 7515, appendix A.3.1](https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3.1).
fn published(more: &Value) -> Result<KeySet, Error> {
    let mut key = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    KeySet::new(serde_json::from_value(json!({"keys": [key]})).unwrap())
}

#[test]
fn a_key_set_has_a_key_for_the_algorithms_of_its_keys() {
    let set = published(&json!({})).unwrap();
    assert!(set.has_one_for(Algorithm::Es256));
    for other in [Algorithm::Es384, Algorithm::Rs256, Algorithm::Ps256] {
        assert!(!set.has_one_for(other), "{other}");
    }
}

#[test]
fn a_key_verifies_only_if_it_is_published_for_that() {
    for (more, is_of_use) in [
        (json!({"use": "sig"}), true),
        (json!({"use": "enc"}), false),
        (json!({"key_ops": ["sign", "verify"]}), true),
        (json!({"key_ops": ["sign"]}), false),
        (json!({"alg": "ES256"}), true),
        (json!({"alg": "ES384"}), false),
        (json!({"alg": "HS256"}), false),
        (json!({"crv": "P-384"}), false),
        (json!({"kty": "oct"}), false),
        (json!({"y": null}), false),
        (json!({"x": "AA"}), false),
    ] {
        assert_eq!(published(&more).is_ok(), is_of_use, "{more}");
    }
}

#[test]
fn another_key_makes_another_fingerprint() {
    let of = |more: Value| published(&more).unwrap().fingerprint();
    assert_eq!(of(json!({})), of(json!({})));
    assert_ne!(of(json!({})), of(json!({"kid": "k"})));
}

#[test]
fn a_key_on_p_521_is_told_from_others() {
    let has = |crv: &str| {
        let published: Published = serde_json::from_value(json!({"keys": [{"crv": crv}]})).unwrap();
        published.has_p521()
    };
    assert!(has("P-521"));
    assert!(!has("P-384"));
}

#[test]
fn the_name_of_an_algorithm_is_shown_only_if_it_looks_like_one() {
    let long = "A".repeat(17);
    for (name, is_shown) in [
        ("HS256", true),
        ("PBES2-HS256", true),
        ("A", true),
        (&long[..16], true),
        (&long, false),
        ("", false),
        ("RS 256", false),
        ("RS256\n", false),
        ("<b>", false),
    ] {
        let why = Algorithm::named(name).unwrap_err().to_string();
        let shown = if is_shown { name } else { "of no known name" };
        assert!(why.contains(&format!("`{shown}`")), "{name:?}: {why}");
    }
}

#[test]
fn a_token_of_the_largest_size_is_read_and_no_larger_one() {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#);
    for (larger, is_read) in [(0, true), (4, false)] {
        let rest = 64 * 1024 - header.len() - "..".len();
        let signature = "AAAA".repeat(rest / 4 - 1 + larger / 4);
        let payload = "A".repeat(rest - (rest / 4 - 1) * 4);
        let token = format!("{header}.{payload}.{signature}");
        assert_eq!(token.len(), 64 * 1024 + larger);
        assert_eq!(super::super::Token::read(&token, |_| Ok(())).is_ok(), is_read, "{larger}");
    }
}
