//! Any requirement.

use proc_macro2::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use syn::Path;

use crate::parse::max_age::MaxAge;
use crate::parse::{Accepts, Condition, Conditions, Literal, Organization, Resource, Text};

/// Requirements without the repetitions that are errors.
pub(super) fn conditions() -> impl Strategy<Value = Conditions> {
    prop_oneof![of_sessions(), of_tokens()]
}

fn of_sessions() -> impl Strategy<Value = Conditions> {
    let leaf = prop_oneof![
        of_both(),
        of_roles(),
        organization().prop_map(Condition::Organization),
        in_organization(),
        on_resource(),
    ];
    and_list(nested(leaf), 0..4).prop_map(|all| Conditions { accepts: Accepts::Session, all })
}

/// Requirements on tokens, also on those and sessions.
fn of_tokens() -> impl Strategy<Value = Conditions> {
    let organization = || organization().prop_map(Condition::Organization);
    let resource = || resource_type().prop_map(Condition::Resource);
    let audience = prop_oneof![
        organization().prop_map(|organization| vec![organization]),
        resource().prop_map(|resource| vec![resource]),
        (resource(), organization())
            .prop_map(|(resource, organization)| vec![resource, organization]),
    ];
    let of_tokens = || prop_oneof![of_both(), scoped(), Just(Condition::Machine)];
    let alone = (Just(Accepts::Bearer), and_list(nested(of_tokens()), 0..4));
    let either = prop_oneof![of_tokens(), of_roles()];
    let either = (Just(Accepts::Either), and_list(nested(either), 0..4));
    (audience, prop_oneof![alone, either], any::<Index>()).prop_map(
        |(audience, (accepts, mut all), at)| {
            let at = at.index(all.len() + 1);
            all.splice(at..at, audience);
            Conditions { accepts, all }
        },
    )
}

/// Conditions that sessions and tokens can meet.
fn of_both() -> impl Strategy<Value = Condition> {
    prop_oneof![
        (claim_name(), literal()).prop_map(|(name, literal)| Condition::Claim { name, literal }),
        path().prop_map(Condition::Check),
        max_age().prop_map(Condition::MaxAge),
    ]
}

fn of_roles() -> impl Strategy<Value = Condition> {
    prop_oneof![text().prop_map(Condition::Role), distinct(text(), 1..4).prop_map(Condition::Roles),]
}

fn nested(leaf: impl Strategy<Value = Condition> + 'static) -> impl Strategy<Value = Condition> {
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
                Condition::Scope(_) => "scope",
                Condition::Scopes(_) => "scopes",
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
        resource_type(),
    ];
    (resource, scoped())
        .prop_map(|(resource, scope)| Condition::All(vec![Condition::Resource(resource), scope]))
}

fn resource_type() -> impl Strategy<Value = Resource> {
    "[A-Z][a-z]{4}(::[A-Z][a-z]{4})?"
        .prop_map(|path| Resource::Type(syn::parse_str(&path).expect("a path")))
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
