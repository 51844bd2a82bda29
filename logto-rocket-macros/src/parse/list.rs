//! Comma lists, in which one mistake does not hide the next.

use proc_macro2::{Span, TokenTree};
use syn::parse::{ParseStream, Result};
use syn::{Error, Token};

use super::draft::{List, Part};
use super::key::Key;
use super::{Condition, Mistakes, Text, condition};

/// Requirements joined by "and".
pub(super) fn all_of(input: ParseStream<'_>) -> Result<List> {
    parts(input, |earlier, later| twice(earlier, later).or_else(|| merge(earlier, later)))
}

/// Requirements of which one is enough.
pub(super) fn any_of(input: ParseStream<'_>) -> Result<List> {
    parts(input, twice)
}

fn parts(
    input: ParseStream<'_>,
    objection: impl Fn(&Condition, &Condition) -> Option<String>,
) -> Result<List> {
    let mut mistakes = Mistakes::default();
    let (mut parts, mut whole) = (Vec::new(), Vec::new());
    for (span, part) in comma_separated(input, condition::parse)? {
        let part = part.unwrap_or_else(|mistake| Part::Unread(None, mistake));
        whole.extend(part.whole().ok().map(|condition| (span, condition)));
        parts.push(part);
    }
    refuse_repeated(&whole, objection, &mut mistakes);
    Ok(List { parts, mistakes })
}

/// Strings of a list.
pub(super) fn texts(input: ParseStream<'_>, example: &str) -> Result<Vec<Text>> {
    distinct(comma_separated(input, |input| Text::parse(input, example))?)
}

/// Scopes of a list.
pub(super) fn scopes(input: ParseStream<'_>) -> Result<Vec<Text>> {
    distinct(comma_separated(input, Text::parse_scope)?)
}

fn distinct(items: Vec<(Span, Result<Text>)>) -> Result<Vec<Text>> {
    let mut mistakes = Mistakes::default();
    let read = |(span, text)| Some((span, mistakes.take(text)?));
    let texts: Vec<_> = items.into_iter().filter_map(read).collect();
    refuse_repeated(
        &texts,
        |earlier, later| {
            (earlier == later).then(|| format!("{later} is in the list already; leave it out here"))
        },
        &mut mistakes,
    );
    mistakes.or(texts.into_iter().map(|(_, text)| text).collect())
}

/// The items of a list, each with the place where it begins. What stands between an item and its
/// comma is an item that cannot be read.
fn comma_separated<T>(
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<(Span, Result<T>)>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let span = input.span();
        let read = item(input);
        if read.is_err() {
            skip_to_comma(input)?;
        }
        items.push((span, read));
        if !input.is_empty() && !input.peek(Token![,]) {
            let mistake = input.error(
                "expected `,` or the end of the list; a comma means \"and\", `any(…)` means \"or\"",
            );
            items.push((input.span(), Err(mistake)));
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(items)
}

/// Refuses an item for which `objection` has something to say about it and an earlier one.
fn refuse_repeated<T>(
    items: &[(Span, T)],
    objection: impl Fn(&T, &T) -> Option<String>,
    mistakes: &mut Mistakes,
) {
    for (i, (span, later)) in items.iter().enumerate() {
        let said = items[..i].iter().find_map(|(_, earlier)| objection(earlier, later));
        if let Some(message) = said {
            mistakes.add(Error::new(*span, message));
        }
    }
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

/// Leaves out what belongs to an item that cannot be read. Says whether a word of the grammar is in
/// it, which might have begun another item.
pub(super) fn skip_to_comma(input: ParseStream<'_>) -> Result<bool> {
    let mut is_another = false;
    while !input.is_empty() && !input.peek(Token![,]) {
        if let TokenTree::Ident(word) = input.parse()? {
            is_another |= Key::named(&word).is_some();
        }
    }
    Ok(is_another)
}
