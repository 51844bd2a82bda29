//! The tree and the handler, written out as tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, ItemFn, Path, parse_quote_spanned};

use crate::parse::{Condition, Conditions, Literal, path_name};
use crate::route::{self, GUARD};

/// The handler with its guard, or every mistake together with the unguarded handler: its name keeps
/// its meaning in `routes![…]`, and nothing but the mistakes is reported.
pub(crate) fn authenticated(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let conditions = syn::parse2::<Conditions>(attribute);
    let handler = route::parse(item.clone());
    let errors = match (conditions, handler) {
        (Ok(conditions), Ok(handler)) => return protect(&conditions, handler),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            error
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => error,
    };
    let errors = errors.to_compile_error();
    let item = route::fallback(item);
    quote!(#errors #item)
}

fn protect(conditions: &Conditions, mut handler: ItemFn) -> TokenStream {
    // Rocket copies `#[deprecated]` from the handler to its type, which both items name.
    let deprecated = handler.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let allowed = deprecated.then(|| quote!(#[allow(deprecated)]));
    // Clippy allows seven arguments; whoever wrote as many should not hear of an eighth.
    let full = handler.sig.inputs.len() == 7;
    let uncounted = full.then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let protected = protected(conditions, &handler.sig.ident);
    handler.sig.inputs.insert(0, guard(&handler.sig.ident));
    quote!(#allowed #protected #allowed #uncounted #handler)
}

/// The requirement, attached to the type which Rocket declares beside a handler, by its name.
fn protected(conditions: &Conditions, name: &Ident) -> TokenStream {
    let nodes = conditions.0.iter().map(node);
    let text = name.to_string();
    quote! {
        impl ::logto_rocket::Protected for #name {
            const REQUIREMENT: ::logto_rocket::Requirement =
                ::logto_rocket::__private::requirement(&[#(#nodes),*]);
            const PLACE: ::logto_rocket::__private::Place = ::logto_rocket::__private::Place {
                name: #text,
                file: ::core::file!(),
                line: ::core::line!(),
                module: ::core::module_path!(),
            };
        }
    }
}

/// The parameter in front of all others: Rocket runs request guards in the order of the parameters,
/// and before path, query and data guards.
fn guard(name: &Ident) -> FnArg {
    // Rocket gives its own variables the span of the guard's type, so that type must be seen as
    // written where the handler is.
    let at = name.span().resolved_at(Span::call_site());
    let mut name = name.clone();
    name.set_span(at);
    let guard = Ident::new(GUARD, at);
    parse_quote_spanned!(at=> #guard: ::logto_rocket::Authenticated<#name>)
}

fn node(condition: &Condition) -> TokenStream {
    let node = match condition {
        Condition::Role(role) => {
            let role = &role.value;
            quote!(Roles(&[#role]))
        }
        Condition::Roles(roles) => {
            let roles = roles.iter().map(|role| &role.value);
            quote!(Roles(&[#(#roles),*]))
        }
        Condition::Claim { name, literal } => {
            let path = name.value.split('.');
            let literal = self::literal(literal);
            quote!(Claim { path: &[#(#path),*], literal: #literal })
        }
        Condition::Check(path) => {
            let check = check(path);
            quote!(Check(#check))
        }
        Condition::All(conditions) => {
            let nodes = conditions.iter().map(node);
            quote!(All(&[#(#nodes),*]))
        }
        Condition::Any(conditions) => {
            let nodes = conditions.iter().map(node);
            quote!(Any(&[#(#nodes),*]))
        }
        Condition::Not(condition) => {
            let node = node(condition);
            quote!(Not(&#node))
        }
    };
    quote!(::logto_rocket::__private::Node::#node)
}

fn literal(literal: &Literal) -> TokenStream {
    let literal = match literal {
        Literal::Text(text) => {
            let text = &text.value;
            quote!(Text(#text))
        }
        Literal::Number(number) => quote!(Number(#number)),
        Literal::Bool(bool) => quote!(Bool(#bool)),
    };
    quote!(::logto_rocket::__private::Literal::#literal)
}

/// The call of a check. Everything in it stands where the path stands, so that whatever is wrong
/// with the function is reported there.
fn check(path: &Path) -> TokenStream {
    let name = path_name(path);
    let end = path.segments.last().map_or_else(|| path.span(), Spanned::span);
    let at = Span::mixed_site().located_at(end);
    let mut arguments = Group::new(Delimiter::Parenthesis, quote_spanned!(at=> user));
    arguments.set_span(end);
    quote_spanned! {at=>
        ::logto_rocket::__private::Check {
            name: #name,
            call: |user| ::logto_rocket::__private::verdict(#path #arguments),
        }
    }
}

#[cfg(test)]
mod tests;
