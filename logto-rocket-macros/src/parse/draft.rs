//! [`Draft`]: a requirement as far as it could be read, so that one mistake does not hide the next.

use proc_macro2::TokenStream;
use syn::Error;
use syn::parse::{Parse, ParseStream, Result};

use super::key::Key;
use super::{Condition, Conditions, Mistakes, Organization, Text, context, list};

/// A whole requirement with its mistakes.
pub(crate) struct Draft(List);

impl Draft {
    /// Reads a requirement.
    pub(crate) fn read(requirement: TokenStream) -> Self {
        syn::parse2(requirement).unwrap_or_else(|mistake| {
            Self(List { parts: vec![Part::Unread(None, mistake)], mistakes: Mistakes::default() })
        })
    }

    /// The requirement, if nothing is wrong with it; else every mistake.
    pub(crate) fn whole(&self) -> Result<Conditions> {
        self.0.whole().map(Conditions)
    }

    /// The segments of a path that it names.
    pub(crate) fn segments(&self) -> Vec<&Text> {
        let mut segments = Vec::new();
        self.0.segments(&mut segments);
        segments
    }
}

impl Parse for Draft {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut all = list::all_of(input)?;
        context::check(&mut all);
        Ok(Self(all))
    }
}

/// A comma list. Its mistakes are those that lie between its parts, not in one of them.
pub(super) struct List {
    pub(super) parts: Vec<Part>,
    pub(super) mistakes: Mistakes,
}

/// One requirement as far as it could be read.
pub(super) enum Part {
    Read(Condition),
    /// Of it no more is known than the word that it begins with, if that.
    Unread(Option<Key>, Error),
    /// `all(…)`, `any(…)` or `not(…)`.
    List(Key, List),
}

impl List {
    fn whole(&self) -> Result<Vec<Condition>> {
        let mut mistakes = Mistakes::default();
        let whole = self.parts.iter().filter_map(|part| mistakes.take(part.whole())).collect();
        mistakes.take(self.mistakes.clone().or(()));
        mistakes.or(whole)
    }

    fn segments<'l>(&'l self, segments: &mut Vec<&'l Text>) {
        for part in &self.parts {
            match part {
                Part::Read(Condition::Organization(Organization::Segment(name))) => {
                    segments.push(name);
                }
                Part::List(_, list) => list.segments(segments),
                Part::Read(_) | Part::Unread(..) => {}
            }
        }
    }
}

impl Part {
    pub(super) fn whole(&self) -> Result<Condition> {
        match self {
            Self::Read(condition) => Ok(condition.clone()),
            Self::Unread(_, mistake) => Err(mistake.clone()),
            Self::List(Key::Any, list) => list.whole().map(Condition::Any),
            Self::List(Key::Not, list) => {
                // Of none or several, the list has told already.
                let one = <[Condition; 1]>::try_from(list.whole()?);
                let one = one.map_or_else(Condition::Any, |[one]| one);
                Ok(Condition::Not(Box::new(one)))
            }
            Self::List(_, list) => list.whole().map(Condition::All),
        }
    }
}
