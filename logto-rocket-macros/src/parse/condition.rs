//! One requirement, by the word that it begins with.

use proc_macro2::TokenStream;
use syn::parse::{ParseBuffer, ParseStream, Result};
use syn::{Error, ExprPath, Ident, Lit, Path, Token, parenthesized, token};

use super::draft::Part;
use super::key::Key;
use super::text::kind;
use super::{At, Condition, Literal, MaxAge, Organization, Resource, Text, list};

/// Reads one requirement, or as much of it as tells what it was meant to be.
pub(super) fn parse(input: ParseStream<'_>) -> Result<Part> {
    let (key, word) = Key::parse(input)?;
    match part(input, key, &word) {
        Ok(part) => Ok(part),
        Err(mistake) => {
            let is_another = list::skip_to_comma(input)?;
            Ok(Part::Unread(Some(key).filter(|_| !is_another), mistake))
        }
    }
}

fn part(input: ParseStream<'_>, key: Key, word: &Ident) -> Result<Part> {
    let condition = match key {
        Key::Role => {
            equals(input, key, word)?;
            Condition::Role(Text::parse(input, key.example())?)
        }
        Key::Roles => {
            let roles = list::texts(&parentheses(input, key, word)?, key.example())?;
            Condition::Roles(some(roles, key, word)?)
        }
        Key::Scope => {
            equals(input, key, word)?;
            Condition::Scope(At(word.span()), Text::parse_scope(input)?)
        }
        Key::Scopes => {
            let scopes = list::scopes(&parentheses(input, key, word)?)?;
            Condition::Scopes(At(word.span()), some(scopes, key, word)?)
        }
        Key::Organization => {
            equals(input, key, word)?;
            Condition::Organization(Organization::parse(input)?)
        }
        Key::OrganizationRole => {
            equals(input, key, word)?;
            Condition::OrganizationRole(At(word.span()), Text::parse(input, key.example())?)
        }
        Key::Resource => {
            equals(input, key, word)?;
            Condition::Resource(At(word.span()), Resource::parse(input)?)
        }
        Key::MaxAge => {
            equals(input, key, word)?;
            Condition::MaxAge(MaxAge::parse(input)?)
        }
        Key::Claim => {
            let content = parentheses(input, key, word)?;
            let claim = claim(&content, word);
            // What a mistake leaves behind would count as another one.
            content.parse::<TokenStream>()?;
            claim?
        }
        Key::Check => {
            equals(input, key, word)?;
            Condition::Check(function(input, key)?)
        }
        Key::All | Key::Any | Key::Not => {
            return list_of(&parentheses(input, key, word)?, key, word);
        }
    };
    Ok(Part::Read(condition))
}

/// Reads what stands between the parentheses of `all`, `any` or `not`.
fn list_of(input: ParseStream<'_>, key: Key, word: &Ident) -> Result<Part> {
    let mut list = if key == Key::All { list::all_of(input) } else { list::any_of(input) }?;
    if list.parts.is_empty() {
        list.mistakes.add(empty(key, word));
    }
    if key == Key::Not && list.parts.len() > 1 {
        let read: Result<Vec<_>> = list.parts.iter().map(Part::whole).collect();
        if let Ok(conditions) = read {
            list.mistakes.add(not_of_several(conditions, word));
        }
    }
    Ok(Part::List(key, list))
}

/// Reads the `=` in `key = value`, and makes sure that a value follows.
fn equals(input: ParseStream<'_>, key: Key, word: &Ident) -> Result<()> {
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
        return Err(
            input.error(format!("`{word}` takes one name: `{example}`; for several `{several}`"))
        );
    }
    let equals = input.parse::<Option<Token![=]>>()?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(word.span(), format!("`{word}` needs a value: `{example}`")));
    }
    Ok(())
}

/// Reads the parentheses in `key(…)`.
fn parentheses<'a>(input: ParseStream<'a>, key: Key, word: &Ident) -> Result<ParseBuffer<'a>> {
    if !input.peek(token::Paren) {
        let span = if input.peek(Token![=]) { input.span() } else { word.span() };
        let example = key.example();
        return Err(Error::new(span, format!("`{word}` takes parentheses: `{example}`")));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

fn some<T>(items: Vec<T>, key: Key, word: &Ident) -> Result<Vec<T>> {
    if items.is_empty() { Err(empty(key, word)) } else { Ok(items) }
}

fn empty(key: Key, word: &Ident) -> Error {
    Error::new(word.span(), format!("`{word}()` is empty; write `{}`", key.example()))
}

fn claim(input: ParseStream<'_>, word: &Ident) -> Result<Condition> {
    if input.is_empty() {
        return Err(empty(Key::Claim, word));
    }
    if let Ok(name) = input.fork().parse::<Ident>() {
        return Err(input.error(format!("the name of a claim is a string: `\"{name}\" = …`")));
    }
    let name = Text::parse(input, Key::Claim.example())?;
    if name.claim_path().iter().any(|part| part.trim().is_empty()) {
        return Err(Error::new(
            name.span,
            "a part of the name is blank; `\"address.country\"` is `country` in `address`",
        ));
    }
    let span = if input.is_empty() { name.span } else { input.span() };
    let equals = if input.peek(Token![==]) { None } else { input.parse::<Option<Token![=]>>()? };
    if equals.is_none() || input.is_empty() {
        let message = format!("expected `=` and a value: `claim({name} = …)`");
        return Err(Error::new(span, message));
    }
    let literal = literal(input)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error("`claim(…)` takes one claim; write one `claim(…)` for each"));
    }
    Ok(Condition::Claim { name, literal })
}

fn literal(input: ParseStream<'_>) -> Result<Literal> {
    let expected = "expected a string, an integer or a boolean";
    let span = input.span();
    let Ok(literal) = input.parse::<Lit>() else {
        let example = Key::Claim.example();
        return Err(Error::new(span, format!("{expected}: `{example}`")));
    };
    match literal {
        Lit::Str(_) => Text::from_literal(&literal, Key::Claim.example()).map(Literal::Text),
        Lit::Bool(literal) => Ok(Literal::Bool(literal.value)),
        Lit::Int(literal) if literal.suffix().is_empty() => {
            let too_large = |_| {
                let message = "this integer does not fit into 64 bits; \
                               compare it in a function: `check = …`";
                Error::new(literal.span(), message)
            };
            literal.base10_parse().map(Literal::Number).map_err(too_large)
        }
        Lit::Int(literal) => {
            let suffix = literal.suffix();
            Err(Error::new(literal.span(), format!("remove `{suffix}` after the integer")))
        }
        Lit::Float(literal) => Err(Error::new(
            literal.span(),
            format!("{expected}, found a float; floats are compared in a function: `check = …`"),
        )),
        other => Err(Error::new(other.span(), format!("{expected}, found {}", kind(&other)))),
    }
}

/// Reads the path of a function.
pub(super) fn function(input: ParseStream<'_>, key: Key) -> Result<Path> {
    let (name, example) = (key.name(), key.function_example());
    if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
        let signature = key.signature();
        return Err(input.error(format!(
            "`{name}` takes the path of a function, not a closure; \
             write it as `{signature}` and name it: `{example}`"
        )));
    }
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let found = kind(&literal);
        return Err(
            input.error(format!("`{name}` takes the path of a function, not {found}: `{example}`"))
        );
    }
    let span = input.span();
    let Ok(ExprPath { qself: None, path, .. }) = input.parse::<ExprPath>() else {
        return Err(Error::new(span, format!("expected the path of a function: `{example}`")));
    };
    if input.peek(token::Paren) {
        return Err(input.error(format!("name the function without calling it: `{example}`")));
    }
    Ok(path)
}

fn not_of_several(conditions: Vec<Condition>, word: &Ident) -> Error {
    let any = Condition::Any(conditions.clone());
    let all = Condition::All(conditions);
    Error::new(
        word.span(),
        format!(
            "`not(…)` takes one requirement; write `not({any})` to allow none of them, \
             `not({all})` to allow some but not all"
        ),
    )
}
