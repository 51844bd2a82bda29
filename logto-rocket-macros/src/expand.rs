//! Writes the requirement and the handler as tokens.

mod audience;
mod function;
mod needs;
mod node;
mod parameters;
mod requirement;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::Result;
use syn::{Error, FnArg, Ident, parse_quote_spanned};

use self::audience::same_audience;
use self::needs::Needs;
use self::requirement::requirement;
use crate::parse::{Conditions, Errors, Requirement};
use crate::route::{self, GUARD, Handler, Route};

/// The handler with its guard, or all errors together with the unguarded handler: its name keeps its
/// meaning in `routes![…]`, so that no further errors are reported.
pub(crate) fn authenticated(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let requirement = Requirement::parse(attribute);
    let handler = route::parse(item.clone());
    let segments =
        handler.as_ref().map_or(Ok(()), |handler| handler.route.check(&requirement.segments()));
    let conditions = requirement.conditions();
    let parameters = match (&conditions, &handler) {
        (Ok(conditions), Ok(handler)) => parameters::check(&handler.function, conditions),
        _ => Ok(()),
    };
    match (conditions, segments, parameters, handler) {
        (Ok(conditions), Ok(()), Ok(()), Ok(handler)) => {
            protect(&conditions, requirement.background().is_some(), handler)
        }
        (conditions, segments, parameters, handler) => {
            let mut errors = Errors::default();
            errors.take(conditions);
            errors.take(segments);
            errors.take(parameters);
            errors.take(handler);
            let item = route::fallback(item);
            quote!(#errors #item)
        }
    }
}

/// The requirement as a value that is known while compiling.
pub(crate) fn requires(requirement: TokenStream) -> TokenStream {
    let requirement = Requirement::parse(requirement);
    match (requirement.conditions(), no_route(&requirement)) {
        (Ok(conditions), Ok(())) => value(&conditions),
        (conditions, segments) => {
            let mut errors = Errors::default();
            errors.take(conditions);
            errors.take(segments);
            quote!({ #errors })
        }
    }
}

/// Adds an error for each thing in a requirement that only a route can have.
fn no_route(requirement: &Requirement) -> Result<()> {
    let mut errors = Errors::default();
    if let Some(at) = requirement.background() {
        let message = "`background` is about the requests to a route, and `requires!` has none; write it \
                       above the route: `#[authenticated(background)]`";
        errors.add(Error::new(at, message));
    }
    for name in requirement.segments() {
        let message = format!(
            "`requires!` has no route, so `<{}>` cannot be a segment of its path; \
             write an id, or a function that returns it: `organization = tenant_of`",
            name.value
        );
        errors.add(Error::new(name.span, message));
    }
    errors.or(())
}

fn value(conditions: &Conditions) -> TokenStream {
    let needs = Needs::of(conditions).ident();
    let requirement = requirement(conditions, None);
    quote!({
        const REQUIREMENT: ::logto_rocket::Requirement<::logto_rocket::needs::#needs> =
            #requirement;
        REQUIREMENT
    })
}

fn protect(conditions: &Conditions, in_background: bool, handler: Handler) -> TokenStream {
    let Handler { function: mut handler, route } = handler;
    // Rocket copies `#[deprecated]` from the handler to its type, which both items name.
    let deprecated = handler.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let allowed = deprecated.then(|| quote!(#[allow(deprecated)]));
    // Clippy allows seven arguments, and must not count the guard as the eighth.
    let full = handler.sig.inputs.len() == 7;
    let uncounted = full.then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let protected = protected(conditions, in_background, &handler.sig.ident, &route);
    let checks = same_audience(&handler, conditions);
    handler.sig.inputs.insert(0, guard(&handler.sig.ident));
    quote!(#allowed #protected #checks #allowed #uncounted #handler)
}

/// The requirement, attached to the type which Rocket declares beside a handler, by its name.
fn protected(
    conditions: &Conditions,
    in_background: bool,
    name: &Ident,
    route: &Route,
) -> TokenStream {
    let background = in_background.then(|| {
        quote!(
            const IS_ACTIVITY: bool = false;
        )
    });
    let requirement = requirement(conditions, Some(route));
    let (method, uri) = (&route.method, route.uri());
    let text = name.to_string();
    quote! {
        impl ::logto_rocket::Protected for #name {
            const REQUIREMENT: ::logto_rocket::Requirement<::logto_rocket::needs::Request> =
                #requirement;
            const PLACE: ::logto_rocket::__private::Place = ::logto_rocket::__private::Place {
                name: #text,
                method: #method,
                uri: #uri,
                file: ::core::file!(),
                line: ::core::line!(),
                module: ::core::module_path!(),
            };
            #background
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
