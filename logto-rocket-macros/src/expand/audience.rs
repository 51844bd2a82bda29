//! What the tokens of a route are for, and whether its parameters say the same.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ItemFn;
use syn::spanned::Spanned;

use super::parameters::token_guards;
use crate::parse::{Accepts, Conditions, Context, Resource};

/// The type of what tokens are for. A resource that is given by its URI has none.
pub(super) fn audience(conditions: &Conditions) -> Option<TokenStream> {
    match Context::default().within(&conditions.all).resource {
        Some(Resource::Type(path)) => Some(quote!(#path)),
        Some(Resource::Uri(_)) => None,
        None => Some(quote!(::logto_rocket::Organizations)),
    }
}

/// Lets the compiler check that the parameters for tokens are of the type that tokens are for: a macro
/// sees names only, and a type may have several.
pub(super) fn same_audience(handler: &ItemFn, conditions: &Conditions) -> TokenStream {
    let is_generic = handler.sig.generics.type_params().next().is_some();
    if conditions.accepts == Accepts::Session || is_generic {
        return TokenStream::new();
    }
    let Some(expected) = audience(conditions) else { return TokenStream::new() };
    let checks = token_guards(handler).map(|guard| {
        let found = guard.audience;
        let at = Span::mixed_site().located_at(found.span());
        quote_spanned!(at=> const _: () = ::logto_rocket::__private::same_audience::<#found, #expected>();)
    });
    checks.collect()
}
