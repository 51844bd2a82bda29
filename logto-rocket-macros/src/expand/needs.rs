//! [`Needs`]: what it takes to decide a requirement.

use proc_macro2::Span;
use syn::Ident;

use crate::parse::{Accepts, Condition, Conditions, Organization};

/// What it takes to decide, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needs {
    Claims,
    Answers,
    Request,
}

impl Needs {
    pub(super) fn of(conditions: &Conditions) -> Self {
        match conditions.accepts {
            Accepts::Session => Self::of_list(&conditions.all),
            // Only a request has a token.
            Accepts::Bearer | Accepts::Either => Self::Request,
        }
    }

    fn of_list(conditions: &[Condition]) -> Self {
        let each = conditions.iter().map(|condition| match condition {
            Condition::Organization(Organization::Resolver(_)) => Self::Request,
            Condition::Scope(..) | Condition::Scopes(..) | Condition::Check(_) => Self::Answers,
            Condition::All(list) | Condition::Any(list) => Self::of_list(list),
            Condition::Not(one) => Self::of_list(std::slice::from_ref(one)),
            _ => Self::Claims,
        });
        each.max().unwrap_or(Self::Claims)
    }

    /// The type in `logto_rocket::needs`.
    pub(super) fn ident(self) -> Ident {
        let name = match self {
            Self::Claims => "Claims",
            Self::Answers => "Answers",
            Self::Request => "Request",
        };
        Ident::new(name, Span::call_site())
    }
}
