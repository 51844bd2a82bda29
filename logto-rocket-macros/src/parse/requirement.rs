//! [`Requirement`]: a requirement and its errors.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Result};

use super::condition::Conditions;
use super::context;
use super::errors::Errors;
use super::list::{List, Part};
use super::parser;
use super::text::Text;

/// A parsed requirement, with the errors in it.
pub(crate) struct Requirement(List);

impl Requirement {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        syn::parse2(tokens).unwrap_or_else(|error| {
            Self(List { parts: vec![Part::Invalid(None, error)], errors: Errors::default() })
        })
    }

    /// The conditions if there are no errors, otherwise all errors.
    pub(crate) fn conditions(&self) -> Result<Conditions> {
        self.0.conditions().map(Conditions)
    }

    /// The path segments that the conditions name.
    pub(crate) fn segments(&self) -> Vec<&Text> {
        let mut segments = Vec::new();
        self.0.segments(&mut segments);
        segments
    }
}

impl Parse for Requirement {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut all = parser::all_of(input)?;
        context::check(&mut all);
        Ok(Self(all))
    }
}
