use super::*;

#[test]
fn claims_are_an_object() {
    // `sub`, 27 claims that may be absent, and no more: what serde reads as `Known`.
    let list = format!("[\"k3d9\"{}]", ",null".repeat(27));
    assert!(serde_json::from_str::<Known>(&list).is_ok(), "the list is as long as it must be");
    for json in [&list, "null", "\"k3d9\"", "{}", "", r#"{"sub":"k3d9"}x"#] {
        assert!(Claims::from_json(json).is_err(), "{json}");
    }
    assert!(Claims::from_json("\n {\"sub\":\"k3d9\"}\n").is_ok());
}

/// Of claims that were skipped unread, and then could not be read, none was left: `not(claim(…))` was met.
#[test]
fn a_claim_that_no_value_can_hold_is_refused_by_its_name() {
    let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
    for value in ["1e999", "-1e999", r#""\ud800""#, r#"{"\ud800":1}"#, &deep] {
        let json = format!(r#"{{"sub":"u","banned":true,"data":{{"more":{value}}}}}"#);
        assert!(Claims::from_json(&json).is_err(), "{value}");
        let misfit = Claims::read(&json).unwrap_err().in_words("the ID token");
        assert!(misfit.starts_with("`data"), "{misfit}");
    }
    for value in ["1e308", r#""\ud83d\ude00""#, &deep[2..deep.len() - 2]] {
        let json = format!(r#"{{"sub":"u","banned":true,"data":{{"more":{value}}}}}"#);
        let claims = Claims::read(&json).unwrap();
        assert!(claims.all().contains_key("banned"), "{value}");
    }
}

#[test]
fn times_with_a_fraction_are_rounded_down_and_kept_as_they_came() {
    let json = r#"{"sub":"u","auth_time":1.7e9,"created_at":-5,"updated_at":1700000000123.9}"#;
    let claims = Claims::from_json(json).unwrap();
    assert_eq!(claims.auth_time, Some(1_700_000_000));
    assert_eq!((claims.created_at, claims.updated_at), (Some(-5), Some(1_700_000_000_123)));
    assert_eq!(claims.as_json(), json);
    for (name, wrong) in [
        ("auth_time", "\"1.5\""),
        ("auth_time", "-1.5"),
        ("auth_time", "1e300"),
        ("created_at", "\"5\""),
        ("created_at", "-1.5"),
        ("updated_at", "1e300"),
        ("updated_at", "[5]"),
    ] {
        let json = format!(r#"{{"sub":"u","{name}":{wrong}}}"#);
        assert!(Claims::from_json(&json).is_err(), "{json}");
    }
}
