//! [`Condition`]: the syntax tree of a requirement.

use std::fmt::{self, Display, Formatter};

use syn::Path;

use super::literal::Literal;
use super::max_age::MaxAge;
use super::organization::Organization;
use super::path::path_name;
use super::resource::Resource;
use super::text::Text;

/// One condition. Its `Display` is its syntax.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Role(Text),
    Roles(Vec<Text>),
    Scope(Text),
    Scopes(Vec<Text>),
    Organization(Organization),
    OrganizationRole(Text),
    Resource(Resource),
    MaxAge(MaxAge),
    Claim { name: Text, literal: Literal },
    Check(Path),
    Machine,
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "role = {role}"),
            Self::Roles(roles) => parenthesized(f, "roles", roles),
            Self::Scope(scope) => write!(f, "scope = {scope}"),
            Self::Scopes(scopes) => parenthesized(f, "scopes", scopes),
            Self::Organization(organization) => write!(f, "organization = {organization}"),
            Self::OrganizationRole(role) => write!(f, "organization_role = {role}"),
            Self::Resource(resource) => write!(f, "resource = {resource}"),
            Self::MaxAge(max_age) => write!(f, "max_age = {max_age}"),
            Self::Claim { name, literal } => write!(f, "claim({name} = {literal})"),
            Self::Check(path) => write!(f, "check = {}", path_name(path)),
            Self::Machine => f.write_str("machine"),
            Self::All(conditions) => parenthesized(f, "all", conditions),
            Self::Any(conditions) => parenthesized(f, "any", conditions),
            Self::Not(condition) => write!(f, "not({condition})"),
        }
    }
}

fn parenthesized<T: Display>(f: &mut Formatter<'_>, key: &str, items: &[T]) -> fmt::Result {
    write!(f, "{key}(")?;
    separated(f, items)?;
    f.write_str(")")
}

pub(super) fn separated<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
