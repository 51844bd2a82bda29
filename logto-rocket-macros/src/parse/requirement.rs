//! [`Requirement`]: a requirement and its errors.

use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream, Result};

use super::accepts::Accepts;
use super::background;
use super::bearer;
use super::conditions::Conditions;
use super::context;
use super::list::{List, Part};
use super::parser;
use super::text::Text;

/// A parsed requirement, with the errors in it.
pub(crate) struct Requirement {
    accepts: Accepts,
    background: Option<Span>,
    all: List,
}

impl Requirement {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        syn::parse2(tokens).unwrap_or_else(|error| {
            let all = List { parts: vec![Part::Invalid(None, error)], ..List::default() };
            Self { accepts: Accepts::Session, background: None, all }
        })
    }

    /// The conditions if there are no errors, otherwise all errors.
    pub(crate) fn conditions(&self) -> Result<Conditions> {
        let all = self.all.conditions()?;
        Ok(Conditions { accepts: self.accepts, all })
    }

    /// Where it says that requests are made in the background, if it does.
    pub(crate) fn background(&self) -> Option<Span> {
        self.background
    }

    /// The path segments that the conditions name.
    pub(crate) fn segments(&self) -> Vec<&Text> {
        let mut segments = Vec::new();
        self.all.segments(&mut segments);
        segments
    }
}

impl Parse for Requirement {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut all = parser::all_of(input)?;
        let accepts = bearer::check(&mut all);
        let background = background::check(&mut all, accepts);
        context::check(&mut all);
        Ok(Self { accepts, background, all })
    }
}
