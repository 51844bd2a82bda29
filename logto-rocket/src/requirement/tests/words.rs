//! How requirements and their parts are displayed, and which scope asks Logto for which claim.

use super::super::asks::{is_editable, is_elsewhere, scope_of};
use super::*;

#[test]
fn a_requirement_displays_and_debugs_in_the_words_of_the_grammar() {
    struct Place;
    static ALL: [Node; 1] = [Node::Roles(&["admin"])];
    let admin: Requirement<Place> = requirement(&ALL);
    assert_eq!(admin.to_string(), r#"role = "admin""#);
    assert_eq!(format!("{admin:?}"), r#"Requirement(role = "admin")"#);
    assert_eq!(format!("{:?}", ALL[0]), r#"role = "admin""#);
    let resolver = Resolver { name: "of_path", call: |_| Box::pin(std::future::ready(None)) };
    for (organization, words) in [
        (Organization::Id("o1"), "\"o1\""),
        (Organization::Segment { name: "org", index: 1 }, "\"<org>\""),
        (Organization::Resolver(resolver), "of_path"),
    ] {
        assert_eq!(organization.to_string(), words);
        assert_eq!(format!("{organization:?}"), words);
    }
}

/// As Logto's documentation lists them.
#[test]
fn each_claim_comes_with_the_scope_that_logto_gives_it_for() {
    let profile = [
        "name",
        "username",
        "picture",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "created_at",
        "updated_at",
    ];
    for claim in profile {
        assert_eq!(scope_of(claim), Some("profile"), "{claim}");
        assert_eq!(is_editable(claim), !claim.ends_with("ed_at"), "{claim}");
        assert!(!is_elsewhere(claim), "{claim}");
    }
    for (claim, scope, editable, elsewhere) in [
        ("email", Some("email"), false, false),
        ("email_verified", Some("email"), false, false),
        ("phone_number", Some("phone"), false, false),
        ("phone_number_verified", Some("phone"), false, false),
        ("address", Some("address"), true, false),
        ("custom_data", Some("custom_data"), true, true),
        ("identities", Some("identities"), false, true),
        ("sso_identities", Some("identities"), false, true),
        ("roles", Some("roles"), false, false),
        ("organizations", Some("urn:logto:scope:organizations"), false, false),
        ("organization_data", Some("urn:logto:scope:organizations"), false, true),
        ("organization_roles", Some("urn:logto:scope:organization_roles"), false, false),
        ("sub", None, false, false),
        ("plan", None, false, false),
    ] {
        assert_eq!(scope_of(claim), scope, "{claim}");
        assert_eq!(is_editable(claim), editable, "{claim}");
        assert_eq!(is_elsewhere(claim), elsewhere, "{claim}");
    }
}
