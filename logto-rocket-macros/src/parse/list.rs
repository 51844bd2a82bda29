//! Comma lists, in which one mistake does not hide the next.

use proc_macro2::Span;
use syn::parse::{ParseStream, Result};
use syn::{Error, Token};

use super::{Condition, Text, condition};

/// Requirements joined by "and".
pub(super) fn all_of(input: ParseStream<'_>) -> Result<Vec<Condition>> {
    distinct(comma_separated(input, condition::parse)?, |earlier, later| {
        twice(earlier, later).or_else(|| merge(earlier, later))
    })
}

/// Requirements of which one is enough.
pub(super) fn any_of(input: ParseStream<'_>) -> Result<Vec<Condition>> {
    distinct(comma_separated(input, condition::parse)?, twice)
}

/// Strings of a list.
pub(super) fn texts(input: ParseStream<'_>, example: &str) -> Result<Vec<Text>> {
    distinct_texts(comma_separated(input, |input| Text::parse(input, example))?)
}

/// Scopes of a list.
pub(super) fn scopes(input: ParseStream<'_>) -> Result<Vec<Text>> {
    distinct_texts(comma_separated(input, Text::parse_scope)?)
}

fn distinct_texts(texts: Vec<(Span, Text)>) -> Result<Vec<Text>> {
    distinct(texts, |earlier, later| {
        (earlier == later).then(|| format!("{later} is in the list already; leave it out here"))
    })
}

fn comma_separated<T>(
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<(Span, T)>> {
    let mut mistakes = Mistakes::default();
    let mut items = Vec::new();
    while !input.is_empty() {
        let span = input.span();
        match item(input) {
            Ok(item) => items.push((span, item)),
            Err(error) => {
                mistakes.add(error);
                skip_to_comma(input)?;
            }
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            mistakes.add(input.error(
                "expected `,` or the end of the list; a comma means \"and\", `any(…)` means \"or\"",
            ));
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    mistakes.or(items)
}

/// Refuses an item for which `objection` has something to say about it and an earlier one.
fn distinct<T>(
    items: Vec<(Span, T)>,
    objection: impl Fn(&T, &T) -> Option<String>,
) -> Result<Vec<T>> {
    let mut mistakes = Mistakes::default();
    for (i, (span, later)) in items.iter().enumerate() {
        let said = items[..i].iter().find_map(|(_, earlier)| objection(earlier, later));
        if let Some(message) = said {
            mistakes.add(Error::new(*span, message));
        }
    }
    mistakes.or(items.into_iter().map(|(_, item)| item).collect())
}

fn twice(earlier: &Condition, later: &Condition) -> Option<String> {
    (earlier == later).then(|| format!("`{later}` is given twice; leave one of them out"))
}

/// What says once what two say beside each other.
fn merge(earlier: &Condition, later: &Condition) -> Option<String> {
    let (key, all, any): (_, Condition, Vec<Condition>) = match (earlier, later) {
        (Condition::Role(a), Condition::Role(b)) => {
            let both = vec![a.clone(), b.clone()];
            ("role", Condition::Roles(both), vec![earlier.clone(), later.clone()])
        }
        (Condition::Roles(a), Condition::Roles(b)) => {
            let both = union(a, b);
            let each = both.iter().cloned().map(Condition::Role).collect();
            ("roles", Condition::Roles(both), each)
        }
        (Condition::Scope(at, a), Condition::Scope(_, b)) => {
            let both = vec![a.clone(), b.clone()];
            ("scope", Condition::Scopes(*at, both), vec![earlier.clone(), later.clone()])
        }
        (Condition::Scopes(at, a), Condition::Scopes(_, b)) => {
            let both = union(a, b);
            let each = both.iter().cloned().map(|scope| Condition::Scope(*at, scope)).collect();
            ("scopes", Condition::Scopes(*at, both), each)
        }
        (Condition::OrganizationRole(..), Condition::OrganizationRole(..)) => {
            return Some(format!(
                "`organization_role` is given twice; write `{earlier}, all({later})` to ask for \
                 both, `any({earlier}, {later})` for one of them"
            ));
        }
        (Condition::Organization(_), Condition::Organization(_)) => {
            return Some(one_place("organization", earlier, later));
        }
        (Condition::Resource(..), Condition::Resource(..)) => {
            return Some(one_place("resource", earlier, later));
        }
        (Condition::MaxAge(a), Condition::MaxAge(b)) => {
            let shorter = if a.seconds < b.seconds { a } else { b };
            return Some(format!("`max_age` is given twice; write `max_age = {shorter}` alone"));
        }
        _ => return None,
    };
    let any = Condition::Any(any);
    Some(format!("`{key}` is given twice; write `{all}` to ask for all, `{any}` for one of them"))
}

fn one_place(key: &str, earlier: &Condition, later: &Condition) -> String {
    format!(
        "`{key}` is given twice, and what stands beside it belongs to one of them; \
         write `all({earlier}, …), all({later}, …)`"
    )
}

fn union(first: &[Text], second: &[Text]) -> Vec<Text> {
    let new = second.iter().filter(|text| !first.contains(text));
    first.iter().chain(new).cloned().collect()
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The mistakes found so far.
#[derive(Default)]
pub(super) struct Mistakes(Option<Error>);

impl Mistakes {
    pub(super) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(super) fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}
