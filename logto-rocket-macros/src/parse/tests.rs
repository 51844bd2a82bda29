//! What is printed can be parsed again, and is the same.

mod requirements;

use proptest::collection::vec;
use proptest::prelude::*;

use self::requirements::conditions;
use super::{Accepts, Conditions, Requirement};

proptest! {
    #[test]
    fn a_printed_requirement_parses_as_itself(conditions in conditions()) {
        let printed = conditions.to_string();
        prop_assert_eq!(parse(&printed).map_err(|error| format!("{printed}: {error}")), Ok(conditions));
    }

    #[test]
    fn two_requirements_print_alike_only_if_they_are_alike(a in conditions(), b in conditions()) {
        prop_assert_eq!(a.to_string() == b.to_string(), a == b);
    }

    #[test]
    fn any_tokens_parse_to_a_tree_or_to_errors(
        words in vec(prop::sample::select(WORDS), 0..12)
    ) {
        if let Ok(tokens) = words.join(" ").parse() {
            match Requirement::parse(tokens).conditions() {
                Ok(conditions) => prop_assert!(parse(&conditions.to_string()).is_ok()),
                Err(errors) => prop_assert!(errors.into_iter().all(|one| is_ours(&one))),
            }
        }
    }

    #[test]
    fn the_words_may_stand_anywhere(
        conditions in conditions(),
        [first, second] in any::<[prop::sample::Index; 2]>(),
    ) {
        let mut words: Vec<_> = conditions.all.iter().map(ToString::to_string).collect();
        if conditions.accepts != Accepts::Session {
            words.insert(first.index(words.len() + 1), "bearer".into());
        }
        if conditions.accepts == Accepts::Either {
            words.insert(second.index(words.len() + 1), "session".into());
        }
        let written = words.join(", ");
        prop_assert_eq!(parse(&written).map_err(|error| format!("{written}: {error}")), Ok(conditions));
    }

    #[test]
    fn a_syntax_error_adds_no_error_about_the_rest(conditions in conditions(), at in any::<prop::sample::Index>()) {
        let mut words: Vec<_> = conditions.all.iter().map(ToString::to_string).collect();
        if conditions.accepts != Accepts::Session {
            words.insert(0, conditions.accepts.to_string());
        }
        words.insert(at.index(words.len() + 1), "unheard_of = 7".into());
        let errors = parse(&words.join(", ")).err().map(|error| error.into_iter().count());
        prop_assert_eq!(errors, Some(1));
    }
}

#[test]
fn a_syntax_error_may_be_what_the_rest_belongs_to() {
    for (requirement, errors) in [
        (r#"orgnization = "a", scope = "b", organization_role = "c""#, 1),
        (r#"organization = 7, scope = "b", organization_role = "c""#, 1),
        (r#"resource = 7, scope = "b""#, 1),
        (r#"resource = 7, scope = "b", organization_role = "c""#, 2),
        ("resource = Orders, scope = 7", 1),
        (r#"resource = Orders, scop = "a""#, 1),
        (r#"resource = Orders, any(scop = "a")"#, 1),
        (r#"resorce = Orders, scope = "a""#, 1),
        ("resource = Orders, scopes(), role = 7", 2),
        ("resource = Orders, any", 1),
        ("resource = Orders, role = 7", 2),
        ("resource = Orders, any(role = 7)", 2),
        (r#"role "a" organization = "o", scope = "b""#, 1),
        (r#"role = "a" organization = "o", scope = "b""#, 1),
        (r#"role = 7, scope = "b""#, 2),
        (r#"scope = "b", any(organization = 7, role = "a")"#, 2),
        (r#"all(scope = "b", claim(7)), claim("a")"#, 3),
        (r#"all(scope = "b"), organization = 7"#, 1),
        (r#"claim(role = 7), scope = "b""#, 2),
        (r#"role = "a", role = 7, role = "a""#, 2),
        (r#"roles("a", 7, "a"), role = """#, 3),
        (r#"not(role = 7, role = "a")"#, 1),
        (r#"not(scope = "a", role = "b")"#, 2),
    ] {
        assert_eq!(count(requirement), errors, "{requirement}");
    }
}

#[test]
fn a_word_or_an_audience_that_cannot_be_parsed_may_be_the_one_that_is_missing() {
    for (requirement, errors) in [
        (r#"baerer, resource = Orders, machine, scope = "a""#, 1),
        ("bearer = true, resource = Orders, machine", 1),
        ("any(bearer), machine", 1),
        ("session, baerer, resource = Orders", 1),
        (r#"sesion, bearer, resource = Orders, role = "a""#, 1),
        (r#"session = 7, bearer, resource = Orders, role = "a""#, 1),
        (r#"any(session), bearer, resource = Orders, role = "a""#, 1),
        (r#"bearer, resorce = Orders, scope = "a""#, 1),
        (r#"bearer, organization = 7, scope = "a""#, 1),
        (r#"bearer, scope = "a""#, 1),
        (r#"bearer, all(resource = Orders, scope = "a")"#, 1),
        (r#"bearer, any(resource = Orders, organization = "o")"#, 2),
        ("bearer, resource = Orders, role = 7", 1),
        (r#"bearer, resource = "urn:a", check = f, check = g"#, 1),
        (r#"bearer, role = "a""#, 2),
        (r#"session, bearer, resource = Orders, organization_role = "a""#, 1),
        ("not(bearer, machine)", 1),
        ("machine(), session, bearer", 2),
        ("bearer, bearer, bearer, resource = Orders", 2),
    ] {
        assert_eq!(count(requirement), errors, "{requirement}");
    }
}

#[test]
fn a_value_that_is_missing_or_a_closure_is_told_however_it_is_written() {
    for (requirement, word) in [
        ("check = || true", "not a closure"),
        ("check = |user| true", "not a closure"),
        ("check = move |user| true", "not a closure"),
        ("role", "needs a value"),
        ("role =", "needs a value"),
        ("role = , machine", "needs a value"),
        ("role \"a\"", "needs a value"),
    ] {
        let error = parse(requirement).unwrap_err().to_string();
        assert!(error.contains(word), "{requirement}: {error}");
    }
}

#[test]
fn a_resource_is_an_absolute_uri_of_visible_ascii_without_comma_and_fragment() {
    let given = |uri: &str| parse(&format!("resource = {uri:?}, scope = \"a\""));
    for uri in ["https://api.example.com", "urn:a", "a+b-c.1:x", "A:b//"] {
        assert!(given(uri).is_ok(), "{uri}");
    }
    for (uri, word) in [
        ("api.example.com", "absolute"),
        ("/orders", "absolute"),
        ("https:", "absolute"),
        ("https://", "absolute"),
        (":x", "absolute"),
        ("1a:x", "absolute"),
        ("a_b:x", "absolute"),
        ("ä:x", "cannot contain"),
        ("urn:a b", "cannot contain"),
        ("urn:a,urn:b", "comma"),
        ("urn:a#b", "fragment"),
    ] {
        let error = given(uri).unwrap_err().to_string();
        assert!(error.contains(word), "{uri}: {error}");
    }
}

#[test]
fn a_literal_of_another_kind_is_named() {
    for (literal, kind) in [
        ("b\"a\"", "a byte string"),
        ("c\"a\"", "a C string"),
        ("b'a'", "a byte"),
        ("'a'", "a character"),
        ("1.5", "a float"),
        ("7", "an integer"),
        ("true", "a boolean"),
    ] {
        let error = parse(&format!("role = {literal}")).unwrap_err().to_string();
        assert!(error.contains(kind), "{literal}: {error}");
    }
}

/// How many errors the requirement has.
fn count(requirement: &str) -> usize {
    parse(requirement).map_or_else(|error| error.into_iter().count(), |_| 0)
}

fn parse(requirement: &str) -> syn::Result<Conditions> {
    requirement
        .parse()
        .map_err(syn::Error::from)
        .and_then(|tokens| Requirement::parse(tokens).conditions())
}

/// Whether the message is ours, and not that of `syn`.
fn is_ours(error: &syn::Error) -> bool {
    !error.to_string().contains("unexpected token")
}

const WORDS: &[&str] = &[
    "role",
    "roles",
    "claim",
    "check",
    "scope",
    "scopes",
    "organization",
    "organization_role",
    "resource",
    "max_age",
    "machine",
    "session",
    "bearer",
    "bearer",
    "\"<org>\"",
    "\"15m\"",
    "\"urn:x\"",
    "all",
    "any",
    "not",
    "=",
    "==",
    ",",
    "(",
    ")",
    "(",
    ")",
    "\"admin\"",
    "\"a.b\"",
    "\"\"",
    "7",
    "-7",
    "1.5",
    "true",
    "hours",
    "::",
    "<",
    ">",
    "|",
    "!",
];

#[test]
fn what_is_suggested_for_a_scope_and_its_resource_under_not_keeps_them_together() {
    for pair in [
        r#"resource = "https://api.example.com", scope = "read:orders""#,
        r#"organization = "org_1", organization_role = "owner""#,
    ] {
        let errors = parse(&format!("not({pair})")).expect_err("an error");
        let messages: Vec<_> = errors.into_iter().map(|error| error.to_string()).collect();
        let messages = messages.join("\n");
        assert!(messages.contains(&format!("write `not(all({pair}))`")), "{messages}");
        assert!(!messages.contains("any("), "{messages}");
        parse(&format!("not(all({pair}))")).expect("it compiles");
    }
}
