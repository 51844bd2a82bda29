//! [`Errors`]: the errors found so far, so that one does not hide the next.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;
use syn::parse::Result;

/// The errors found so far.
#[derive(Clone, Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value; an error is added and gives `None`.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// The value if there are no errors, otherwise all of them.
    pub(crate) fn or<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}

impl ToTokens for Errors {
    /// Each as a `compile_error!`.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.as_ref().map(Error::to_compile_error));
    }
}
