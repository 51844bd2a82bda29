//! What stands between the parentheses of `#[authenticated(…)]`: tokens in, a tree out.

mod condition;
mod context;
mod draft;
mod duration;
mod key;
mod list;
mod mistakes;
mod organization;
mod resource;
#[cfg(test)]
mod tests;
mod text;

use std::fmt::{self, Display, Formatter};

use proc_macro2::Span;
use quote::ToTokens;
use syn::Path;

pub(crate) use context::Context;
pub(crate) use draft::Draft;
pub(crate) use duration::MaxAge;
pub(crate) use mistakes::Mistakes;
pub(crate) use organization::Organization;
pub(crate) use resource::Resource;
pub(crate) use text::Text;

/// Everything that must be met; nothing means that being signed in is enough.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conditions(pub(crate) Vec<Condition>);

impl Display for Conditions {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        separated(f, &self.0)
    }
}

/// One requirement. Displayed in the words in which it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Role(Text),
    Roles(Vec<Text>),
    Scope(At, Text),
    Scopes(At, Vec<Text>),
    Organization(Organization),
    OrganizationRole(At, Text),
    Resource(At, Resource),
    MaxAge(MaxAge),
    Claim { name: Text, literal: Literal },
    Check(Path),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "role = {role}"),
            Self::Roles(roles) => parenthesized(f, "roles", roles),
            Self::Scope(_, scope) => write!(f, "scope = {scope}"),
            Self::Scopes(_, scopes) => parenthesized(f, "scopes", scopes),
            Self::Organization(organization) => write!(f, "organization = {organization}"),
            Self::OrganizationRole(_, role) => write!(f, "organization_role = {role}"),
            Self::Resource(_, resource) => write!(f, "resource = {resource}"),
            Self::MaxAge(max_age) => write!(f, "max_age = {max_age}"),
            Self::Claim { name, literal } => write!(f, "claim({name} = {literal})"),
            Self::Check(path) => write!(f, "check = {}", path_name(path)),
            Self::All(conditions) => parenthesized(f, "all", conditions),
            Self::Any(conditions) => parenthesized(f, "any", conditions),
            Self::Not(condition) => write!(f, "not({condition})"),
        }
    }
}

/// Where a word stands, which makes no difference to what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At(pub(crate) Span);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a claim is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(Text),
    Number(i64),
    Bool(bool),
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Bool(bool) => bool.fmt(f),
        }
    }
}

/// A path as it is written; tokens alone would be printed with spaces between them.
pub(crate) fn path_name(path: &Path) -> String {
    let mut name = String::new();
    for (i, segment) in path.segments.iter().enumerate() {
        if i > 0 || path.leading_colon.is_some() {
            name.push_str("::");
        }
        name.push_str(&segment.ident.to_string());
        let arguments = segment.arguments.to_token_stream().to_string();
        name.push_str(&arguments.replace(" < ", "<").replace(" >", ">"));
    }
    name
}

fn parenthesized<T: Display>(f: &mut Formatter<'_>, key: &str, items: &[T]) -> fmt::Result {
    write!(f, "{key}(")?;
    separated(f, items)?;
    f.write_str(")")
}

fn separated<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
