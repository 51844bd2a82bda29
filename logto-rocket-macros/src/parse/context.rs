//! [`Context`]: the organization and the resource that a condition belongs to.
//!
//! They stand beside it in an "and" list, or beside one of the lists around it.

use syn::Error;

use super::draft::{List, Part};
use super::key::Key;
use super::{Condition, Mistakes, Organization, Resource};

/// What the conditions of a list belong to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context<'c> {
    pub(crate) organization: Option<&'c Organization>,
    pub(crate) resource: Option<&'c Resource>,
}

impl<'c> Context<'c> {
    /// The context in an "and" list.
    pub(crate) fn within(self, all: &'c [Condition]) -> Self {
        all.iter().fold(self, |context, condition| match condition {
            Condition::Organization(organization) => {
                Self { organization: Some(organization), ..context }
            }
            Condition::Resource(_, resource) => Self { resource: Some(resource), ..context },
            _ => context,
        })
    }
}

/// Adds a mistake to the list for everything that belongs to something and does not have it. What
/// could not be read may be whatever is missing.
pub(super) fn check(all: &mut List) {
    let mut mistakes = Mistakes::default();
    check_all(&all.parts, Has::default(), &mut mistakes);
    all.mistakes.take(mistakes.or(()));
}

/// Whether there is something to belong to.
#[derive(Clone, Copy, Default)]
struct Has {
    organization: bool,
    resource: bool,
}

fn check_all(all: &[Part], has: Has, mistakes: &mut Mistakes) {
    let has = Has {
        organization: has.organization || all.iter().any(may_be_organization),
        resource: has.resource || all.iter().any(may_be_resource),
    };
    for part in all {
        match part {
            Part::Read(Condition::Resource(at, resource)) => {
                if !all.iter().any(may_have_scope) {
                    mistakes.add(Error::new(
                        at.0,
                        format!(
                            "`resource` says where a scope belongs, and there is none; \
                             write `resource = {resource}, {}`",
                            Key::Scope.example()
                        ),
                    ));
                }
            }
            part => check_one(part, has, mistakes),
        }
    }
}

fn check_one(part: &Part, has: Has, mistakes: &mut Mistakes) {
    match part {
        Part::Read(condition) => {
            if let Some(mistake) = belongs_to_nothing(condition, has) {
                mistakes.add(mistake);
            }
        }
        Part::Unread(..) => {}
        Part::List(Key::All, list) => check_all(&list.parts, has, mistakes),
        Part::List(_, list) => list.parts.iter().for_each(|part| check_one(part, has, mistakes)),
    }
}

fn belongs_to_nothing(condition: &Condition, has: Has) -> Option<Error> {
    let (at, message) = match condition {
        Condition::Scope(at, _) | Condition::Scopes(at, _)
            if !has.organization && !has.resource =>
        {
            let message = format!(
                "a scope belongs to an API resource or an organization; \
                 write `resource = Orders, {condition}` or `organization = \"<org>\", {condition}`"
            );
            (at, message)
        }
        Condition::OrganizationRole(at, _) if !has.organization => {
            let message = format!(
                "an organization role belongs to an organization; \
                 write `organization = \"<org>\", {condition}`"
            );
            (at, message)
        }
        Condition::Resource(at, resource) => {
            let message = format!(
                "`resource` is no condition of its own; \
                 write `all(resource = {resource}, {})`",
                Key::Scope.example()
            );
            (at, message)
        }
        _ => return None,
    };
    Some(Error::new(at.0, message))
}

fn may_be_organization(part: &Part) -> bool {
    match part {
        Part::Read(condition) => matches!(condition, Condition::Organization(_)),
        Part::Unread(key, _) => key.is_none_or(|key| key == Key::Organization),
        Part::List(..) => false,
    }
}

fn may_be_resource(part: &Part) -> bool {
    match part {
        Part::Read(condition) => matches!(condition, Condition::Resource(..)),
        Part::Unread(key, _) => key.is_none_or(|key| key == Key::Resource),
        Part::List(..) => false,
    }
}

fn may_have_scope(part: &Part) -> bool {
    match part {
        Part::Read(condition) => {
            matches!(condition, Condition::Scope(..) | Condition::Scopes(..))
        }
        Part::Unread(None, _) => true,
        Part::Unread(Some(key), _) => {
            matches!(key, Key::Scope | Key::Scopes | Key::All | Key::Any | Key::Not)
        }
        Part::List(_, list) => list.parts.iter().any(may_have_scope),
    }
}
