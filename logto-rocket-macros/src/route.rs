//! The handler below the attribute, and the route attribute that makes a route of it.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::Result;
use syn::{Attribute, Error, FnArg, Ident, Item, ItemFn, Pat};

/// The parameter that protects a handler.
pub(crate) const GUARD: &str = "__logto_guard";

const ROUTES: [&str; 8] = ["get", "put", "post", "delete", "head", "patch", "options", "route"];

/// Reads a function that Rocket makes a route of.
///
/// The compiler has evaluated `cfg` and `cfg_attr` on the function by now: what is seen holds.
pub(crate) fn parse(item: TokenStream) -> Result<ItemFn> {
    let function = match syn::parse2(item)? {
        Item::Fn(function) => function,
        other => return Err(not_a_function(&other)),
    };
    if let Some(receiver) = function.sig.receiver() {
        return Err(Error::new(
            receiver.self_token.span,
            "`#[authenticated]` protects routes, and a method cannot be one; \
             write the handler as a function outside of the `impl`",
        ));
    }
    if function.sig.inputs.iter().any(is_guard) {
        return Err(twice(Span::call_site()));
    }

    let mut route = None;
    for name in function.attrs.iter().filter_map(name) {
        if name == "catch" {
            return Err(catcher(name.span()));
        }
        if name == "authenticated" {
            return Err(twice(name.span()));
        }
        if is_route(name) && route.replace(name).is_some() {
            return Err(second_route(name.span()));
        }
    }
    if route.is_none() {
        return Err(no_route(&function.sig.ident));
    }
    Ok(function)
}

/// The item after a mistake: as it was, less what Rocket would report on top of it.
pub(crate) fn fallback(item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else { return item };
    let mut allowed = usize::from(function.sig.receiver().is_none());
    function.attrs.retain(|attribute| {
        if !name(attribute).is_some_and(is_route) {
            return true;
        }
        let kept = allowed > 0;
        allowed = allowed.saturating_sub(1);
        kept
    });
    function.into_token_stream()
}

fn is_route(name: &Ident) -> bool {
    ROUTES.iter().any(|route| name == route)
}

/// The last word of an attribute's path: `get` in `#[rocket::get("/")]`.
fn name(attribute: &Attribute) -> Option<&Ident> {
    attribute.path().segments.last().map(|segment| &segment.ident)
}

fn is_guard(input: &FnArg) -> bool {
    matches!(input, FnArg::Typed(input) if matches!(&*input.pat, Pat::Ident(pat) if pat.ident == GUARD))
}

fn twice(span: Span) -> Error {
    Error::new(
        span,
        "`#[authenticated]` is given twice; write all requirements into one, separated by commas",
    )
}

fn no_route(handler: &Ident) -> Error {
    Error::new(
        Span::call_site(),
        format!(
            "`#[authenticated]` finds no route attribute below it; \
             write it above `#[get(…)]` or whichever makes `{handler}` a route"
        ),
    )
}

fn second_route(span: Span) -> Error {
    Error::new(
        span,
        "a handler has one route attribute; \
         write a second handler that calls the same function",
    )
}

fn catcher(span: Span) -> Error {
    Error::new(
        span,
        "`#[authenticated]` protects routes; a catcher takes no guards, \
         and who is refused must be able to reach it",
    )
}

fn not_a_function(item: &Item) -> Error {
    let (what, span) = match item {
        Item::Const(item) => ("a constant", item.const_token.span),
        Item::Enum(item) => ("an enum", item.enum_token.span),
        Item::Impl(item) => ("an `impl`", item.impl_token.span),
        Item::Mod(item) => ("a module", item.mod_token.span),
        Item::Static(item) => ("a static", item.static_token.span),
        Item::Struct(item) => ("a struct", item.struct_token.span),
        Item::Trait(item) => ("a trait", item.trait_token.span),
        Item::Use(item) => ("an import", item.use_token.span),
        _ => ("anything else", Span::call_site()),
    };
    Error::new(
        span,
        format!(
            "`#[authenticated]` protects the handler of a route, not {what}; write it above the `fn`"
        ),
    )
}
