//! What is printed can be read again, and is the same.

use proc_macro2::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use syn::Path;

use super::{Condition, Conditions, Literal, Text};

proptest! {
    #[test]
    fn a_printed_requirement_reads_as_itself(conditions in conditions()) {
        let printed = conditions.to_string();
        let read = syn::parse_str::<Conditions>(&printed);
        prop_assert_eq!(read.map_err(|error| format!("{printed}: {error}")), Ok(conditions));
    }

    #[test]
    fn two_requirements_print_alike_only_if_they_are_alike(a in conditions(), b in conditions()) {
        prop_assert_eq!(a.to_string() == b.to_string(), a == b);
    }

    #[test]
    fn whatever_the_tokens_reading_ends_in_a_tree_or_in_mistakes(
        words in vec(prop::sample::select(WORDS), 0..12)
    ) {
        if let Ok(tokens) = words.join(" ").parse() {
            match syn::parse2::<Conditions>(tokens) {
                Ok(conditions) => prop_assert!(syn::parse_str::<Conditions>(&conditions.to_string()).is_ok()),
                Err(mistakes) => prop_assert!(mistakes.into_iter().count() > 0),
            }
        }
    }
}

const WORDS: &[&str] = &[
    "role",
    "roles",
    "claim",
    "check",
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

/// Requirements without the repetitions that are mistakes.
fn conditions() -> impl Strategy<Value = Conditions> {
    and_list(condition(), 0..4).prop_map(Conditions)
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        text().prop_map(Condition::Role),
        distinct(text(), 1..4).prop_map(Condition::Roles),
        (claim_name(), literal()).prop_map(|(name, literal)| Condition::Claim { name, literal }),
        path().prop_map(Condition::Check),
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
        let (mut role, mut roles) = (false, false);
        list.retain(|condition| match condition {
            Condition::Role(_) => !std::mem::replace(&mut role, true),
            Condition::Roles(_) => !std::mem::replace(&mut roles, true),
            _ => true,
        });
        list
    })
}

fn distinct<T: PartialEq + std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    length: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<T>> {
    vec(item, length).prop_map(|items| {
        items.into_iter().fold(Vec::new(), |mut kept, item| {
            if !kept.contains(&item) {
                kept.push(item);
            }
            kept
        })
    })
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
        .prop_map(|value| Text { value, span: Span::call_site() })
}

fn claim_name() -> impl Strategy<Value = Text> {
    vec("[a-z_:/\"\\\\]{1,8}", 1..4)
        .prop_map(|parts| Text { value: parts.join("."), span: Span::call_site() })
}

fn path() -> impl Strategy<Value = Path> {
    let path = "(::)?((crate|self|super)::)?[a-z]{5,8}(::[a-z]{5,8}){0,2}(::<Beta>)?";
    path.prop_filter_map("not a path", |path| {
        syn::parse_str::<syn::ExprPath>(&path).ok().map(|path| path.path)
    })
}
