//! What an access token must say.

use super::*;
use crate::oidc::RequiredAudience;

/// Values that are no text.
fn no_texts() -> [Value; 6] {
    [json!(null), json!(7), json!(true), json!(["x"]), json!({"x": "x"}), json!([])]
}

#[tokio::test]
async fn a_claim_of_the_wrong_type_is_refused() {
    let setup = Setup::start().await;
    for name in ["iss", "sub", "client_id", "scope", "organization_id"] {
        for value in no_texts() {
            let token = setup.with_claim(name, value.clone());
            assert_eq!(setup.refused_claim(&token).await, name, "{value}");
        }
    }
    for value in [json!(null), json!(7), json!(true), json!({}), json!([7]), json!([null, "x"])] {
        assert_eq!(
            setup.refused_claim(&setup.with_claim("aud", value.clone())).await,
            "aud",
            "{value}"
        );
    }
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for value in [
            json!("9999999999"),
            json!(null),
            json!(true),
            json!([9_999_999_999_u64]),
            json!({}),
            json!(-1),
            json!(-1.5),
            json!(1e300),
            json!(u64::MAX),
            json!(""),
        ] {
            let token = setup.with_claim(name, value.clone());
            assert_eq!(setup.refused_claim(&token).await, name, "{name}: {value}");
        }
    }
    assert!(setup.accepts(&setup.token()).await);
    // What is no claim of an access token has any type.
    assert!(setup.accepts(&setup.with_claim("own", json!({"x": [1]}))).await);
}

/// RFC 9068, section 2.2.
#[tokio::test]
async fn a_claim_that_must_be_there_is_missed() {
    let setup = Setup::start().await;
    for name in ["iss", "exp", "aud", "sub", "client_id"] {
        assert_eq!(setup.refused_claim(&setup.without_claim(name)).await, name);
    }
    for name in ["iat", "jti", "scope"] {
        assert!(setup.accepts(&setup.without_claim(name)).await, "{name}");
    }
}

/// Security item 35.
#[tokio::test]
async fn the_issuer_is_equal_to_the_byte() {
    let setup = Setup::start().await;
    let issuer = setup.server.issuer();
    for other in [
        format!("{issuer}/"),
        format!("{issuer}//"),
        format!("{issuer}?"),
        format!("{issuer}#"),
        format!("{issuer} "),
        format!(" {issuer}"),
        format!("{issuer}\0"),
        format!("{issuer}.evil.example"),
        format!("{issuer}/x"),
        format!("https://evil.example/{issuer}"),
        issuer[..issuer.len() - 1].into(),
        issuer[1..].into(),
        issuer.trim_end_matches("/oidc").into(),
        issuer.replace("/oidc", "/OIDC"),
        issuer.replace("/oidc", "//oidc"),
        issuer.replace("/oidc", "/./oidc"),
        issuer.replace("/oidc", "/%6fidc"),
        issuer.replace("http", "https"),
        issuer.replace("http", "HTTP"),
        issuer.replace("127.0.0.1", "localhost"),
        issuer.replace("127.0.0.1", "127.1"),
        issuer.replace("//", "//user@"),
        String::new(),
    ] {
        assert_eq!(
            setup.refused_claim(&setup.with_claim("iss", json!(other))).await,
            "iss",
            "{other}"
        );
    }
    assert!(setup.accepts(&setup.with_claim("iss", json!(issuer))).await);
}

#[tokio::test]
async fn a_subject_and_a_client_are_short_visible_ascii() {
    let setup = Setup::start().await;
    for name in ["sub", "client_id", "organization_id"] {
        for value in [String::new(), "x".repeat(256), "ü".into(), "a\0".into(), "a\nb".into()] {
            let token = setup.with_claim(name, json!(value));
            assert_eq!(setup.refused_claim(&token).await, name, "{value:?}");
        }
        assert!(setup.accepts(&setup.with_claim(name, json!("x".repeat(255)))).await, "{name}");
    }
}

/// RFC 6749, section 3.3: scopes are separated by blanks, and by nothing else.
#[tokio::test]
async fn scopes_are_separated_by_blanks() {
    let setup = Setup::start().await;
    for (scope, expected) in [
        ("read write", &["read", "write"][..]),
        ("read", &["read"][..]),
        ("", &[][..]),
        (" read  write ", &["read", "write"][..]),
        ("read\twrite", &["read\twrite"][..]),
        ("read\nwrite", &["read\nwrite"][..]),
        ("read\u{a0}write", &["read\u{a0}write"][..]),
        ("read\u{2003}write", &["read\u{2003}write"][..]),
        ("read,write", &["read,write"][..]),
    ] {
        let token = setup.with_claim("scope", json!(scope));
        let verified = present(&setup.api, &token).await.unwrap();
        assert_eq!(verified.scopes(), expected, "{scope:?}");
    }
    let verified = present(&setup.api, &setup.without_claim("scope")).await.unwrap();
    assert!(verified.scopes().is_empty());
}

/// RFC 7800: such a token is worth something only with the key that it names.
#[tokio::test]
async fn a_token_that_is_bound_to_a_key_is_refused() {
    let setup = Setup::start().await;
    for cnf in [json!({"jkt": "x"}), json!({"x5t#S256": "x"}), json!({}), json!(null), json!("x")] {
        assert_eq!(setup.refused_claim(&setup.with_claim("cnf", cnf)).await, "cnf");
    }
    assert!(setup.accepts(&setup.token()).await);
}

#[tokio::test]
async fn the_audience_is_equal_to_the_byte_among_however_many() {
    const OWN: &str = "https://api.example.com/orders";
    let setup = Setup::start().await;
    let is_for = async |audience: Value, resource: &str| {
        let token = setup.with_claim("aud", audience);
        let verified = present(&setup.api, &token).await.unwrap();
        let required = RequiredAudience::Resource { uri: resource, organization: None };
        verified.check_audience(required).is_ok()
    };
    for good in [json!(OWN), json!([OWN]), json!(["x", OWN]), json!([OWN, OWN, ""])] {
        assert!(is_for(good.clone(), OWN).await, "{good}");
    }
    for other in [
        "",
        "https://api.example.com/order",
        "https://api.example.com/orders/",
        "https://api.example.com/orders/1",
        "https://api.example.com/orders?",
        "https://api.example.com/orders#",
        "https://api.example.com/orders.evil.example",
        "https://api.example.com//orders",
        "https://api.example.com/%6frders",
        "https://api.example.com/Orders",
        "https://API.example.com/orders",
        "https://api.example.com:443/orders",
        "https://api.example.com./orders",
        "http://api.example.com/orders",
        "https://evil.example/https://api.example.com/orders",
        " https://api.example.com/orders",
        "https://api.example.com/orders ",
        "https://api.example.com/orders x",
        "ttps://api.example.com/orders",
        "*",
    ] {
        for audience in [json!(other), json!([other]), json!([other, "x"])] {
            assert!(!is_for(audience.clone(), OWN).await, "{audience}");
            assert!(!is_for(json!(OWN), other).await, "{other}");
        }
    }
    assert!(!is_for(json!([]), OWN).await);
}

/// Logto makes no such tokens: what is for an organization in one way and not in the other is for nobody.
#[tokio::test]
async fn a_token_is_for_a_resource_or_for_an_organization_and_never_for_both() {
    const URI: &str = "https://api.example.com/orders";
    let (o1, o2) = ("urn:logto:organization:o1", "urn:logto:organization:o2");
    let everywhere = RequiredAudience::Resource { uri: URI, organization: None };
    let within = RequiredAudience::Resource { uri: URI, organization: Some("o1") };
    let of = RequiredAudience::Organization("o1");
    let any = RequiredAudience::AnyOrganization;
    let setup = Setup::start().await;
    for (audience, organization, good) in [
        (json!(URI), None, &[everywhere][..]),
        (json!(URI), Some("o1"), &[within]),
        (json!(URI), Some("o2"), &[]),
        (json!(o1), None, &[of, any]),
        (json!(o1), Some("o1"), &[of, any]),
        (json!(o2), None, &[any]),
        (json!(o1), Some("o2"), &[]),
        (json!([URI, o1]), None, &[of, any]),
        (json!([o2, o1]), Some("o3"), &[]),
        (json!("urn:logto:organization:"), None, &[]),
        (json!("urn:logto:organization:O1"), None, &[any]),
    ] {
        let mut claims = with(&setup.claims(), "aud", audience.clone());
        if let Some(organization) = organization {
            claims = with(&claims, "organization_id", json!(organization));
        }
        let token = present(&setup.api, &access_token(&setup.key, &claims)).await.unwrap();
        for required in [everywhere, within, of, any] {
            let expected = good.iter().any(|it| format!("{it:?}") == format!("{required:?}"));
            let is_for = token.check_audience(required).is_ok();
            assert_eq!(is_for, expected, "{audience} in {organization:?} for {required:?}");
        }
    }
}

/// A JWT customizer may copy what users write about themselves. JSON can hold what no value can, and such
/// a text must not make `not(claim(…))` true by hiding all claims.
#[tokio::test]
async fn of_claims_that_cannot_be_read_nothing_is_known() {
    let setup = Setup::start().await;
    let claims = with(&setup.claims(), "plan", json!("gold")).to_string();
    let fits = async |member: &str| {
        let claims = format!("{},{member}}}", claims.trim_end_matches('}'));
        let token = setup.key.signed(&setup.header().to_string(), &claims);
        let verified = present(&setup.api, &token).await.unwrap();
        verified.claim(&["plan"], |plan| Some(plan == "gold"))
    };
    assert_eq!(fits(r#""x":"y""#).await, Some(true));
    let deep = format!(r#""x":{}{}"#, "[".repeat(5_000), "]".repeat(5_000));
    for unreadable in [r#""x":"\ud800""#, r#""x":1e999"#, &deep] {
        assert_eq!(fits(unreadable).await, None, "{unreadable:.30}");
    }
}

#[cfg(feature = "testing")]
mod times {
    use super::*;

    async fn setup() -> (Setup, u64) {
        let clock = Clock::frozen();
        let setup = Setup::unready(SigningKey::es384("k"), clock.clone()).await;
        (setup.ready().await, clock.now())
    }

    /// Half a second later.
    fn half_past(time: u64) -> Value {
        serde_json::from_str(&format!("{time}.5")).unwrap()
    }

    /// No skew: a token lives for an hour, so that the end of its life comes to everyone.
    #[tokio::test]
    async fn a_token_expires_on_the_second() {
        let (setup, now) = setup().await;
        for good in [json!(now + 1), half_past(now + 1), json!(253_402_300_799_u64)] {
            assert!(setup.accepts(&setup.with_claim("exp", good.clone())).await, "{good}");
        }
        for over in [json!(now), half_past(now), json!(now - 1), json!(now - 3600), json!(0)] {
            assert_eq!(
                setup.refused_claim(&setup.with_claim("exp", over.clone())).await,
                "exp",
                "{over}"
            );
        }
    }

    #[tokio::test]
    async fn a_token_counts_from_its_beginning_less_the_skew() {
        let (setup, now) = setup().await;
        for name in ["iat", "nbf"] {
            for good in [json!(now), json!(now + 60), half_past(now + 59), json!(0), json!(1.5)] {
                assert!(
                    setup.accepts(&setup.with_claim(name, good.clone())).await,
                    "{name} {good}"
                );
            }
            for early in [json!(now + 61), half_past(now + 60), json!(now + 3600)] {
                let token = setup.with_claim(name, early.clone());
                assert_eq!(setup.refused_claim(&token).await, name, "{early}");
            }
        }
    }
}
