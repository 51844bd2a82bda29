//! The recursive descent: conditions in lists, and lists in conditions.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Result};
use syn::{Error, Ident, Token};

use super::bearer;
use super::comma_list::{self, comma_separated, skip_to_comma};
use super::condition::Condition;
use super::errors::Errors;
use super::key::Key;
use super::keyword;
use super::list::{List, Part, Word};
use super::literal::Literal;
use super::max_age::MaxAge;
use super::organization::Organization;
use super::path::parse_function;
use super::punctuation::{empty, equals, non_empty, nothing, parentheses};
use super::repetition::{mergeable, reject_repeated, repeated};
use super::resource::Resource;
use super::text::Text;

/// Parses conditions joined by "and".
pub(super) fn all_of(input: ParseStream<'_>) -> Result<List> {
    list(input, |words, earlier, later| {
        let token = words.iter().any(|word| word.key == Key::Bearer);
        repeated(earlier, later).or_else(|| mergeable(earlier, later, token))
    })
}

/// Parses conditions of which one is enough.
fn any_of(input: ParseStream<'_>) -> Result<List> {
    list(input, |_, earlier, later| repeated(earlier, later))
}

fn list(
    input: ParseStream<'_>,
    message: impl Fn(&[Word], &Condition, &Condition) -> Option<String>,
) -> Result<List> {
    let mut errors = Errors::default();
    let (mut parts, mut words, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
    for (span, item) in comma_separated(input, item)? {
        let part = match item {
            Ok(Item::Part(part)) => part,
            Ok(Item::Word(word)) => {
                words.push(word);
                continue;
            }
            Err(error) => Part::Invalid(None, error),
        };
        conditions.extend(part.condition().ok().map(|condition| (span, condition)));
        parts.push(part);
    }
    let message = |earlier: &_, later: &_| message(&words, earlier, later);
    reject_repeated(&conditions, message, &mut errors);
    Ok(List { parts, words, errors })
}

/// What stands between two commas.
enum Item {
    Part(Part),
    Word(Word),
}

/// Parses one item. After a syntax error, what is known of it is its keyword.
fn item(input: ParseStream<'_>) -> Result<Item> {
    let (key, keyword) = keyword::parse(input)?;
    match item_of(input, key, &keyword) {
        Ok(item) => Ok(item),
        Err(error) => {
            let has_keyword = skip_to_comma(input)?;
            Ok(Item::Part(Part::Invalid(Some(key).filter(|_| !has_keyword), error)))
        }
    }
}

fn item_of(input: ParseStream<'_>, key: Key, keyword: &Ident) -> Result<Item> {
    let condition = match key {
        Key::Role => {
            equals(input, key, keyword)?;
            Condition::Role(Text::parse(input, key.example())?)
        }
        Key::Roles => {
            let roles = comma_list::texts(&parentheses(input, key, keyword)?, key.example())?;
            Condition::Roles(non_empty(roles, key, keyword)?)
        }
        Key::Scope => {
            equals(input, key, keyword)?;
            Condition::Scope(Text::parse_scope(input)?)
        }
        Key::Scopes => {
            let scopes = comma_list::scopes(&parentheses(input, key, keyword)?)?;
            Condition::Scopes(non_empty(scopes, key, keyword)?)
        }
        Key::Organization => {
            equals(input, key, keyword)?;
            Condition::Organization(Organization::parse(input)?)
        }
        Key::OrganizationRole => {
            equals(input, key, keyword)?;
            Condition::OrganizationRole(Text::parse(input, key.example())?)
        }
        Key::Resource => {
            equals(input, key, keyword)?;
            Condition::Resource(Resource::parse(input)?)
        }
        Key::MaxAge => {
            equals(input, key, keyword)?;
            Condition::MaxAge(MaxAge::parse(input)?)
        }
        Key::Claim => {
            let content = parentheses(input, key, keyword)?;
            let claim = claim(&content, keyword);
            // Tokens left behind by an error would count as another one.
            content.parse::<TokenStream>()?;
            claim?
        }
        Key::Check => {
            equals(input, key, keyword)?;
            Condition::Check(parse_function(input, key)?)
        }
        Key::Machine => {
            nothing(input, key, keyword)?;
            Condition::Machine
        }
        Key::All | Key::Any | Key::Not => {
            return nested(&parentheses(input, key, keyword)?, key, keyword).map(Item::Part);
        }
        Key::Session | Key::Bearer | Key::Background => {
            nothing(input, key, keyword)?;
            return Ok(Item::Word(Word { key, at: keyword.span() }));
        }
    };
    Ok(Item::Part(Part::Valid(keyword.span(), condition)))
}

/// Parses the list between the parentheses of `all`, `any` or `not`.
fn nested(input: ParseStream<'_>, key: Key, keyword: &Ident) -> Result<Part> {
    let mut list = if key == Key::All { all_of(input) } else { any_of(input) }?;
    list.words.iter().for_each(|word| list.errors.add(bearer::nested(word, key)));
    if list.parts.is_empty() && list.words.is_empty() {
        list.errors.add(empty(key, keyword));
    }
    if key == Key::Not && list.parts.len() > 1 {
        let conditions: Result<Vec<_>> = list.parts.iter().map(Part::condition).collect();
        if let Ok(conditions) = conditions {
            list.errors.add(not_of_several(conditions, keyword));
        }
    }
    Ok(Part::List(key, list))
}

fn claim(input: ParseStream<'_>, keyword: &Ident) -> Result<Condition> {
    if input.is_empty() {
        return Err(empty(Key::Claim, keyword));
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
    let literal = Literal::parse(input)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error("`claim(…)` takes one claim; write one `claim(…)` for each"));
    }
    Ok(Condition::Claim { name, literal })
}

fn not_of_several(conditions: Vec<Condition>, keyword: &Ident) -> Error {
    // A scope and a role belong to those in the same list, so that `any` would tear them apart.
    let belong_together = conditions
        .iter()
        .any(|it| matches!(it, Condition::Resource(_) | Condition::Organization(_)));
    let any = Condition::Any(conditions.clone());
    let all = Condition::All(conditions);
    let cure = if belong_together {
        format!("write `not({all})`")
    } else {
        format!("write `not({any})` to allow none of them, `not({all})` to allow some but not all")
    };
    Error::new(keyword.span(), format!("`not(…)` takes one requirement; {cure}"))
}
