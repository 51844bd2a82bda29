//! [`Context`]: the organization and the resource that a condition belongs to.
//!
//! They are in the same "and" list as the condition, or in one of the "and" lists around it.

use proc_macro2::Span;
use syn::Error;

use super::bearer;
use super::condition::Condition;
use super::errors::Errors;
use super::key::Key;
use super::list::{List, Part};
use super::organization::Organization;
use super::resource::Resource;

/// The organization and the resource of the conditions of a list.
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
            Condition::Resource(resource) => Self { resource: Some(resource), ..context },
            _ => context,
        })
    }
}

/// Adds an error to the list for each condition that needs an organization or a resource and has
/// none. A part with a syntax error may be the one that is missing.
pub(super) fn check(all: &mut List) {
    let mut errors = Errors::default();
    // What a token is for is checked with the word `bearer`.
    let present = Present { audience: bearer::is_possible(all), ..Present::default() };
    check_all(&all.parts, present, &mut errors);
    all.errors.take(errors.or(()));
}

/// Whether there is an organization or a resource, or may be.
#[derive(Clone, Copy, Default)]
struct Present {
    organization: bool,
    resource: bool,
    /// What tokens are for.
    audience: bool,
}

fn check_all(all: &[Part], present: Present, errors: &mut Errors) {
    let present = Present {
        organization: present.organization || all.iter().any(may_be_organization),
        resource: present.resource || all.iter().any(may_be_resource),
        ..present
    };
    for part in all {
        match part {
            Part::Valid(at, Condition::Resource(resource)) => {
                if !present.audience && !all.iter().any(may_have_scope) {
                    errors.add(Error::new(
                        *at,
                        format!(
                            "`resource` names the API resource of a scope, but there is no scope; \
                             write `resource = {resource}, {}`",
                            Key::Scope.example()
                        ),
                    ));
                }
            }
            part => check_one(part, present, errors),
        }
    }
}

fn check_one(part: &Part, present: Present, errors: &mut Errors) {
    match part {
        Part::Valid(at, condition) => {
            if let Some(error) = belongs_to_nothing(*at, condition, present) {
                errors.add(error);
            }
        }
        Part::Invalid(..) => {}
        Part::List(Key::All, list) => check_all(&list.parts, present, errors),
        Part::List(_, list) => list.parts.iter().for_each(|part| check_one(part, present, errors)),
    }
}

fn belongs_to_nothing(at: Span, condition: &Condition, present: Present) -> Option<Error> {
    let message = match condition {
        Condition::Scope(_) | Condition::Scopes(_)
            if !present.organization && !present.resource && !present.audience =>
        {
            format!(
                "a scope belongs to an API resource or an organization; \
                 write `resource = Orders, {condition}` or `organization = \"<org>\", {condition}`"
            )
        }
        Condition::OrganizationRole(_) if !present.organization => {
            format!(
                "an organization role belongs to an organization; \
                 write `organization = \"<org>\", {condition}`"
            )
        }
        Condition::Resource(resource) if !present.audience => {
            format!(
                "`resource` is not a condition by itself; \
                 write `all(resource = {resource}, {})`",
                Key::Scope.example()
            )
        }
        _ => return None,
    };
    Some(Error::new(at, message))
}

fn may_be_organization(part: &Part) -> bool {
    match part {
        Part::Valid(_, condition) => matches!(condition, Condition::Organization(_)),
        Part::Invalid(key, _) => key.is_none_or(|key| key == Key::Organization),
        Part::List(..) => false,
    }
}

fn may_be_resource(part: &Part) -> bool {
    match part {
        Part::Valid(_, condition) => matches!(condition, Condition::Resource(..)),
        Part::Invalid(key, _) => key.is_none_or(|key| key == Key::Resource),
        Part::List(..) => false,
    }
}

fn may_have_scope(part: &Part) -> bool {
    match part {
        Part::Valid(_, condition) => {
            matches!(condition, Condition::Scope(..) | Condition::Scopes(..))
        }
        Part::Invalid(None, _) => true,
        Part::Invalid(Some(key), _) => {
            matches!(key, Key::Scope | Key::Scopes | Key::All | Key::Any | Key::Not)
        }
        Part::List(_, list) => list.parts.iter().any(may_have_scope),
    }
}
