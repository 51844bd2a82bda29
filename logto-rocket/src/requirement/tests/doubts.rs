//! What the launch warns about in a requirement.

use super::*;

/// The doubts about a requirement of an application whose sign-ins ask for these scopes, and whose
/// sessions store this claim only.
fn doubts(requirement: &str, scopes: &[&str], stored: &str, hold_user_info: bool) -> Vec<String> {
    let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let sessions = SessionsToCome {
        scopes: &scopes,
        store: &|claim| claim == stored,
        hold_user_info,
        source_of: &|key| format!(" (from {key})"),
    };
    sessions.doubts(Written(requirement))
}

#[test]
fn conditions_are_doubted_that_no_user_meets() {
    let role = r#"role = "admin""#;
    assert_eq!(doubts(role, &["roles"], "roles", false), [""; 0]);
    let [not_asked] = &doubts(role, &["profile"], "roles", false)[..] else { panic!("one doubt") };
    for part in [r#"`role = "admin"`: "#, "the scope `roles`", "`logto.scopes` (from scopes)"] {
        assert!(not_asked.contains(part), "{not_asked}");
    }
    let [not_stored] = &doubts(role, &["roles"], "sub", false)[..] else { panic!("one doubt") };
    for part in ["do not store the claim `roles`", "`logto.session.claims` (from session.claims)"] {
        assert!(not_stored.contains(part), "{not_stored}");
    }
    let elsewhere = r#"claim("organization_data.0.name" = "x")"#;
    let scopes = ["urn:logto:scope:organizations"];
    let told = doubts(elsewhere, &scopes, "organization_data", false);
    assert!(told.len() == 1 && told[0].contains("session.user_info = true"), "{told:?}");
    assert_eq!(doubts(elsewhere, &scopes, "organization_data", true), [""; 0]);
}

#[test]
fn conditions_are_doubted_that_users_meet_by_themselves() {
    let told = doubts(r#"claim("nickname" = "boss")"#, &["profile"], "nickname", false);
    assert!(told.len() == 1 && told[0].contains("users can edit the claim `nickname`"), "{told:?}");
    assert_eq!(doubts(r#"claim("plan" = "pro")"#, &[], "plan", false), [""; 0]);
    let both = doubts(r#"claim("nickname" = "boss")"#, &[], "nickname", false);
    assert_eq!(both.len(), 2, "no sign-in asks for it either: {both:?}");
}

#[test]
fn the_dots_of_a_uri_are_part_of_the_name() {
    for name in ["https://acme.com/clearance", "urn:acme.example:clearance"] {
        let claim = format!("claim({name:?} = 3)");
        assert_eq!(doubts(&claim, &[], name, false), [""; 0]);
        let [not_stored] = &doubts(&claim, &[], "sub", false)[..] else { panic!("one doubt") };
        assert!(not_stored.contains(&format!("the claim `{name}`")), "{not_stored}");
    }
}
