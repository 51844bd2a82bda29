//! [`Context`]: the organization and the resource that a condition belongs to.
//!
//! They stand beside it in an "and" list, or beside one of the lists around it.

use syn::Error;
use syn::parse::Result;

use super::key::Key;
use super::list::Mistakes;
use super::{Condition, Organization, Resource};

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

/// Whether everything that belongs to something has it.
pub(super) fn check(all: &[Condition]) -> Result<()> {
    let mut mistakes = Mistakes::default();
    check_all(all, Context::default(), &mut mistakes);
    mistakes.or(())
}

fn check_all(all: &[Condition], context: Context<'_>, mistakes: &mut Mistakes) {
    let context = context.within(all);
    for condition in all {
        match condition {
            Condition::Resource(at, resource) if !all.iter().any(has_scope) => {
                mistakes.add(Error::new(
                    at.0,
                    format!(
                        "`resource` says where a scope belongs, and there is none; \
                         write `resource = {resource}, {}`",
                        Key::Scope.example()
                    ),
                ));
            }
            Condition::Resource(..) => {}
            condition => check_one(condition, context, mistakes),
        }
    }
}

fn check_one(condition: &Condition, context: Context<'_>, mistakes: &mut Mistakes) {
    match condition {
        Condition::Scope(at, _) | Condition::Scopes(at, _)
            if context.organization.is_none() && context.resource.is_none() =>
        {
            mistakes.add(Error::new(
                at.0,
                format!(
                    "a scope belongs to an API resource or an organization; \
                     write `resource = Orders, {condition}` or `organization = \"<org>\", {condition}`"
                ),
            ));
        }
        Condition::OrganizationRole(at, _) if context.organization.is_none() => {
            mistakes.add(Error::new(
                at.0,
                format!(
                    "an organization role belongs to an organization; \
                     write `organization = \"<org>\", {condition}`"
                ),
            ));
        }
        Condition::Resource(at, resource) => mistakes.add(Error::new(
            at.0,
            format!(
                "`resource` is no condition of its own; \
                 write `all(resource = {resource}, {})`",
                Key::Scope.example()
            ),
        )),
        Condition::All(all) => check_all(all, context, mistakes),
        Condition::Any(any) => any.iter().for_each(|one| check_one(one, context, mistakes)),
        Condition::Not(one) => check_one(one, context, mistakes),
        _ => {}
    }
}

fn has_scope(condition: &Condition) -> bool {
    match condition {
        Condition::Scope(..) | Condition::Scopes(..) => true,
        Condition::All(list) | Condition::Any(list) => list.iter().any(has_scope),
        Condition::Not(one) => has_scope(one),
        _ => false,
    }
}
