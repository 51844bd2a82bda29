//! What is printed can be parsed again, and is the same.

use proc_macro2::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use syn::Path;

use super::max_age::MaxAge;
use super::{Condition, Conditions, Literal, Organization, Requirement, Resource, Text};

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
    fn a_syntax_error_adds_no_error_about_the_rest(conditions in conditions(), at in any::<prop::sample::Index>()) {
        let mut words: Vec<_> = conditions.0.iter().map(ToString::to_string).collect();
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
        let count = parse(requirement).map_err(|error| error.into_iter().count());
        assert_eq!(count, Err(errors), "{requirement}");
    }
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

/// Requirements without the repetitions that are errors.
fn conditions() -> impl Strategy<Value = Conditions> {
    and_list(condition(), 0..4).prop_map(Conditions)
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        text().prop_map(Condition::Role),
        distinct(text(), 1..4).prop_map(Condition::Roles),
        (claim_name(), literal()).prop_map(|(name, literal)| Condition::Claim { name, literal }),
        path().prop_map(Condition::Check),
        organization().prop_map(Condition::Organization),
        max_age().prop_map(Condition::MaxAge),
        in_organization(),
        on_resource(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            and_list(inner.clone(), 1..4).prop_map(Condition::All),
            distinct(inner.clone(), 1..4).prop_map(Condition::Any),
            inner.prop_map(|condition| Condition::Not(Box::new(condition))),
        ]
    })
}

fn and_list(
    item: impl Strategy<Value = Condition>,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Condition>> {
    distinct(item, length).prop_map(|mut list| {
        let mut seen = Vec::new();
        list.retain(|condition| {
            let once = match condition {
                Condition::Role(_) => "role",
                Condition::Roles(_) => "roles",
                Condition::Organization(_) => "organization",
                Condition::MaxAge(_) => "max_age",
                _ => return true,
            };
            let new = !seen.contains(&once);
            seen.push(once);
            new
        });
        list
    })
}

fn distinct<T: PartialEq + std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    vec(item, length).prop_map(|items| {
        items.into_iter().fold(Vec::new(), |mut distinct, item| {
            if !distinct.contains(&item) {
                distinct.push(item);
            }
            distinct
        })
    })
}

/// Conditions that belong to an organization, beside it or in a list within.
fn in_organization() -> impl Strategy<Value = Condition> {
    let role = text().prop_map(Condition::OrganizationRole);
    let part = prop_oneof![role, scoped()];
    (organization(), distinct(part, 1..3), any::<bool>()).prop_map(|(organization, parts, flat)| {
        let first = parts.first().cloned();
        let rest = if flat { first.into_iter().collect() } else { vec![Condition::Any(parts)] };
        let mut all = vec![Condition::Organization(organization)];
        all.extend(rest);
        Condition::All(all)
    })
}

fn on_resource() -> impl Strategy<Value = Condition> {
    let resource = prop_oneof![
        "[a-z]{2,5}:[a-z/.]{0,4}[a-z]".prop_map(|uri| Resource::Uri(text_of(&uri))),
        "[A-Z][a-z]{4}(::[A-Z][a-z]{4})?"
            .prop_map(|path| Resource::Type(syn::parse_str(&path).expect("a path"))),
    ];
    (resource, scoped())
        .prop_map(|(resource, scope)| Condition::All(vec![Condition::Resource(resource), scope]))
}

fn scoped() -> impl Strategy<Value = Condition> {
    let scope = || "[a-z:/_.-]{1,6}".prop_map(|scope| text_of(&scope));
    prop_oneof![
        scope().prop_map(Condition::Scope),
        distinct(scope(), 1..4).prop_map(Condition::Scopes),
    ]
}

fn organization() -> impl Strategy<Value = Organization> {
    prop_oneof![
        "[a-z0-9_:/-]{1,8}".prop_map(|id| Organization::Id(text_of(&id))),
        "[a-z]{1,5}".prop_map(|name| Organization::Segment(text_of(&name))),
        path().prop_map(Organization::Resolver),
    ]
}

fn max_age() -> impl Strategy<Value = MaxAge> {
    (1_u32..365, prop::sample::select(&["s", "m", "h", "d"][..])).prop_map(|(number, unit)| {
        syn::parse::Parser::parse_str(MaxAge::parse, &format!("\"{number}{unit}\""))
            .expect("an age")
    })
}

fn text_of(value: &str) -> Text {
    Text { value: value.to_owned(), span: Span::call_site() }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        text().prop_map(Literal::Text),
        any::<i64>().prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Bool),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof!["[a-c]{1,2}", any::<String>()]
        .prop_filter("blank", |text| !text.trim().is_empty())
        .prop_map(|value| text_of(&value))
}

fn claim_name() -> impl Strategy<Value = Text> {
    vec("[a-z_:/\"\\\\]{1,8}", 1..4).prop_map(|parts| text_of(&parts.join(".")))
}

fn path() -> impl Strategy<Value = Path> {
    let path = "(::)?((crate|self|super)::)?[a-z]{5,8}(::[a-z]{5,8}){0,2}(::<Beta>)?";
    path.prop_filter_map("not a path", |path| {
        syn::parse_str::<syn::ExprPath>(&path).ok().map(|path| path.path)
    })
}
