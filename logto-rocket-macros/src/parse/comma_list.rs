//! Comma-separated lists, in which one syntax error does not hide the next.

use proc_macro2::{Span, TokenTree};
use syn::Token;
use syn::parse::{ParseStream, Result};

use super::errors::Errors;
use super::key::Key;
use super::repetition::reject_repeated;
use super::text::Text;

/// Parses a list of strings.
pub(super) fn texts(input: ParseStream<'_>, example: &str) -> Result<Vec<Text>> {
    distinct(comma_separated(input, |input| Text::parse(input, example))?)
}

/// Parses a list of scopes.
pub(super) fn scopes(input: ParseStream<'_>) -> Result<Vec<Text>> {
    distinct(comma_separated(input, Text::parse_scope)?)
}

/// Parses the items of a list, each with the span of its first token. Tokens between an item and the
/// next comma are an item with a syntax error.
pub(super) fn comma_separated<T>(
    input: ParseStream<'_>,
    item: impl Fn(ParseStream<'_>) -> Result<T>,
) -> Result<Vec<(Span, Result<T>)>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        let span = input.span();
        let parsed = item(input);
        if parsed.is_err() {
            skip_to_comma(input)?;
        }
        items.push((span, parsed));
        if !input.is_empty() && !input.peek(Token![,]) {
            let error = input.error(
                "expected `,` or the end of the list; a comma means \"and\", `any(…)` means \"or\"",
            );
            items.push((input.span(), Err(error)));
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(items)
}

/// Skips the rest of an item that has a syntax error. Returns whether a keyword is in it, which might
/// have begun another item.
pub(super) fn skip_to_comma(input: ParseStream<'_>) -> Result<bool> {
    let mut has_keyword = false;
    while !input.is_empty() && !input.peek(Token![,]) {
        if let TokenTree::Ident(keyword) = input.parse()? {
            has_keyword |= Key::named(&keyword).is_some();
        }
    }
    Ok(has_keyword)
}

fn distinct(items: Vec<(Span, Result<Text>)>) -> Result<Vec<Text>> {
    let mut errors = Errors::default();
    let valid = |(span, text)| Some((span, errors.take(text)?));
    let texts: Vec<_> = items.into_iter().filter_map(valid).collect();
    reject_repeated(
        &texts,
        |earlier, later| {
            (earlier == later).then(|| format!("{later} is in the list already; leave it out here"))
        },
        &mut errors,
    );
    errors.or(texts.into_iter().map(|(_, text)| text).collect())
}
