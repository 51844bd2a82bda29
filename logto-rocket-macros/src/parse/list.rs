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
    let texts = comma_separated(input, |input| Text::parse(input, example))?;
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

/// What says in one list what two say beside each other.
fn merge(earlier: &Condition, later: &Condition) -> Option<String> {
    let (key, roles) = match (earlier, later) {
        (Condition::Role(a), Condition::Role(b)) => ("role", vec![a.clone(), b.clone()]),
        (Condition::Roles(a), Condition::Roles(b)) => {
            let new = b.iter().filter(|role| !a.contains(role));
            ("roles", a.iter().chain(new).cloned().collect())
        }
        _ => return None,
    };
    let any = Condition::Any(roles.iter().cloned().map(Condition::Role).collect());
    let all = Condition::Roles(roles);
    Some(format!("`{key}` is given twice; write `{all}` to ask for all, `{any}` for one of them"))
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The mistakes found so far.
#[derive(Default)]
struct Mistakes(Option<Error>);

impl Mistakes {
    fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}
