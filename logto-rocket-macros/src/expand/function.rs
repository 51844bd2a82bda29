//! Functions of the application, written as closures that call them.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::audience::audience;
use crate::parse::{Accepts, Conditions, path_name};

/// The function of a `check`, with what the requirement accepts as its argument.
pub(super) fn check(path: &Path, conditions: &Conditions) -> TokenStream {
    let function = Function::new(path);
    let Function { name, at, .. } = &function;
    let bool = quote!(bool);
    let call = match conditions.accepts {
        Accepts::Session => {
            let user = Ident::new("user", *at);
            let answer = function.call(&quote!(#user), &bool);
            quote_spanned!(*at=> User(|#user| #answer))
        }
        Accepts::Bearer => function.call_later("Bearer", "bearer", "token", conditions),
        Accepts::Either => function.call_later("Caller", "caller", "caller", conditions),
    };
    quote_spanned! {*at=>
        ::logto_rocket::__private::Check {
            name: #name,
            call: ::logto_rocket::__private::CheckFn::#call,
        }
    }
}

/// The function that finds an organization.
pub(super) fn resolver(path: &Path) -> TokenStream {
    let function = Function::new(path);
    let Function { name, at, .. } = &function;
    let request = Ident::new("request", *at);
    let returns = quote!(::core::option::Option<::std::string::String>);
    let answer = function.call(&quote!(#request), &returns);
    quote_spanned! {*at=>
        ::logto_rocket::__private::Resolver { name: #name, call: |#request| #answer }
    }
}

/// A function of the application.
struct Function<'p> {
    path: &'p Path,
    name: String,
    /// The span of all tokens around the path, so that the compiler reports errors of the function
    /// there.
    at: Span,
}

impl<'p> Function<'p> {
    fn new(path: &'p Path) -> Self {
        let at = Span::mixed_site().located_at(end(path));
        Self { path, name: path_name(path), at }
    }

    /// The call, and what it returns as a future.
    fn call(&self, argument: &TokenStream, returns: &TokenStream) -> TokenStream {
        let Self { path, at, .. } = self;
        let mut arguments = Group::new(Delimiter::Parenthesis, quote_spanned!(*at=> #argument));
        arguments.set_span(end(path));
        quote_spanned! {*at=>
            ::logto_rocket::__private::returned::<#returns, _, _>(#path #arguments)
        }
    }

    /// The call with a value that is made of the argument, and lives as long as the future. A `check` beside
    /// a URI, which has no type, is an error of the parser.
    fn call_later(
        &self,
        variant: &str,
        make: &str,
        argument: &str,
        conditions: &Conditions,
    ) -> TokenStream {
        let at = self.at;
        let [variant, make, argument] = [variant, make, argument].map(|it| Ident::new(it, at));
        let audience = audience(conditions);
        let answer = self.call(&quote_spanned!(at=> &#make), &quote!(bool));
        quote_spanned! {at=>
            #variant(|#argument| ::std::boxed::Box::pin(async move {
                let #make = ::logto_rocket::__private::#make::<#audience>(#argument);
                #answer.await
            }))
        }
    }
}

fn end(path: &Path) -> Span {
    path.segments.last().map_or_else(|| path.span(), Spanned::span)
}
