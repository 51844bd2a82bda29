//! [`List`]: conditions and the errors among them, so that one error does not hide the next.

use proc_macro2::Span;
use syn::Error;
use syn::parse::Result;

use super::condition::Condition;
use super::errors::Errors;
use super::key::Key;
use super::organization::Organization;
use super::text::Text;

/// A comma-separated list. Its own errors are those between its parts, not in one of them.
#[derive(Default)]
pub(super) struct List {
    pub(super) parts: Vec<Part>,
    pub(super) words: Vec<Word>,
    pub(super) errors: Errors,
}

/// One condition of a list, or what could be parsed of it.
pub(super) enum Part {
    /// A condition, and the span of its keyword.
    Valid(Span, Condition),
    /// A syntax error, after this keyword if there was one.
    Invalid(Option<Key>, Error),
    /// `all(…)`, `any(…)` or `not(…)`.
    List(Key, List),
}

/// `bearer` or `session`, which say what a request may prove its caller with, or `background`: no condition.
pub(super) struct Word {
    pub(super) key: Key,
    pub(super) at: Span,
}

impl List {
    /// The conditions if there are no errors, otherwise all errors.
    pub(super) fn conditions(&self) -> Result<Vec<Condition>> {
        let mut errors = Errors::default();
        let conditions =
            self.parts.iter().filter_map(|part| errors.take(part.condition())).collect();
        errors.take(self.errors.clone().or(()));
        errors.or(conditions)
    }

    /// Collects the path segments that the conditions name.
    pub(super) fn segments<'l>(&'l self, segments: &mut Vec<&'l Text>) {
        for part in &self.parts {
            match part {
                Part::Valid(_, Condition::Organization(Organization::Segment(name))) => {
                    segments.push(name);
                }
                Part::List(_, list) => list.segments(segments),
                Part::Valid(..) | Part::Invalid(..) => {}
            }
        }
    }
}

impl Part {
    /// The condition if there are no errors, otherwise all errors.
    pub(super) fn condition(&self) -> Result<Condition> {
        match self {
            Self::Valid(_, condition) => Ok(condition.clone()),
            Self::Invalid(_, error) => Err(error.clone()),
            Self::List(Key::Any, list) => list.conditions().map(Condition::Any),
            Self::List(Key::Not, list) => {
                // A list of none or several has an error, so only one gets here.
                let one = <[Condition; 1]>::try_from(list.conditions()?);
                let one = one.map_or_else(Condition::Any, |[one]| one);
                Ok(Condition::Not(Box::new(one)))
            }
            Self::List(_, list) => list.conditions().map(Condition::All),
        }
    }
}
