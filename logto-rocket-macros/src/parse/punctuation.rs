//! The `=` or the parentheses after a keyword.

use syn::parse::{ParseBuffer, ParseStream, Result};
use syn::{Error, Ident, Token, parenthesized, token};

use super::key::Key;

/// Parses the `=` in `key = value`, and makes sure that a value follows.
pub(super) fn equals(input: ParseStream<'_>, key: Key, keyword: &Ident) -> Result<()> {
    let example = key.example();
    if input.peek(Token![==]) {
        return Err(input.error(format!("write `=` instead of `==`: `{example}`")));
    }
    if input.peek(Token![!=]) {
        return Err(input.error(format!("write `not(…)` instead of `!=`: `not({example})`")));
    }
    let several = match key {
        Key::Role => Some(Key::Roles.example()),
        Key::Scope => Some(Key::Scopes.example()),
        _ => None,
    };
    if let Some(several) = several
        && input.peek(token::Paren)
    {
        return Err(input
            .error(format!("`{keyword}` takes one name: `{example}`; for several `{several}`")));
    }
    let equals = input.parse::<Option<Token![=]>>()?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(keyword.span(), format!("`{keyword}` needs a value: `{example}`")));
    }
    Ok(())
}

/// Makes sure that neither a value nor parentheses follow the keyword.
pub(super) fn nothing(input: ParseStream<'_>, key: Key, keyword: &Ident) -> Result<()> {
    if !(input.peek(Token![=]) || input.peek(Token![!=]) || input.peek(token::Paren)) {
        return Ok(());
    }
    let instead = match key {
        Key::Machine => "write `machine`, or `not(machine)` for the tokens of users".into(),
        _ => format!("write it beside the conditions: `{}`", key.example()),
    };
    Err(input.error(format!("`{keyword}` takes no value; {instead}")))
}

/// Parses the parentheses in `key(…)`.
pub(super) fn parentheses<'a>(
    input: ParseStream<'a>,
    key: Key,
    keyword: &Ident,
) -> Result<ParseBuffer<'a>> {
    if !input.peek(token::Paren) {
        let span = if input.peek(Token![=]) { input.span() } else { keyword.span() };
        let example = key.example();
        return Err(Error::new(span, format!("`{keyword}` takes parentheses: `{example}`")));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// The items, of which there has to be one.
pub(super) fn non_empty<T>(items: Vec<T>, key: Key, keyword: &Ident) -> Result<Vec<T>> {
    if items.is_empty() { Err(empty(key, keyword)) } else { Ok(items) }
}

/// The error for `key()`.
pub(super) fn empty(key: Key, keyword: &Ident) -> Error {
    Error::new(keyword.span(), format!("`{keyword}()` is empty; write `{}`", key.example()))
}
