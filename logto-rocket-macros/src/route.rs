//! The handler below the attribute, and the route attribute that makes a route of it.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Result;
use syn::{Attribute, Error, FnArg, Ident, Item, ItemFn, LitStr, Meta, Pat};

use crate::parse::{Errors, Text};

/// The parameter that protects a handler.
pub(crate) const GUARD: &str = "__logto_guard";

const ROUTES: [&str; 8] = ["get", "put", "post", "delete", "head", "patch", "options", "route"];

/// A function that Rocket makes a route of.
pub(crate) struct Handler {
    pub(crate) function: ItemFn,
    pub(crate) route: Route,
}

/// What the route attribute contains.
pub(crate) struct Route {
    /// The method, as `GET`.
    pub(crate) method: String,
    /// The path and query, unless they are no literal.
    uri: Option<LitStr>,
    span: Span,
}

/// Parses a function that Rocket makes a route of.
///
/// The compiler has evaluated `cfg` and `cfg_attr` on the function by now.
pub(crate) fn parse(item: TokenStream) -> Result<Handler> {
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
    for attribute in &function.attrs {
        let Some(name) = name(attribute) else { continue };
        if name == "catch" {
            return Err(catcher(name.span()));
        }
        if name == "authenticated" {
            return Err(twice(name.span()));
        }
        if is_route(name) && route.replace(Route::read(name, attribute)).is_some() {
            return Err(second_route(name.span()));
        }
    }
    match route {
        Some(route) => Ok(Handler { function, route }),
        None => Err(no_route(&function.sig.ident)),
    }
}

impl Route {
    /// Reads the attribute as far as it is understood; Rocket reports its errors.
    fn read(name: &Ident, attribute: &Attribute) -> Self {
        let arguments = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let method = if name == "route" {
            let mut tokens = arguments.clone().into_iter();
            tokens.find_map(|token| match token {
                TokenTree::Ident(name) => Some(name.to_string()).filter(|name| is_upper(name)),
                _ => None,
            })
        } else {
            Some(name.to_string().to_ascii_uppercase())
        };
        let uri = uri(arguments);
        let span = uri.as_ref().map_or_else(|| name.span(), LitStr::span);
        Self { method: method.unwrap_or_default(), uri, span }
    }

    /// The path and query as they are written.
    pub(crate) fn uri(&self) -> String {
        self.uri.as_ref().map(LitStr::value).unwrap_or_default()
    }

    /// Which segment of the path, counted from 0 at the mount point, has this name.
    pub(crate) fn segment(&self, name: &str) -> Option<usize> {
        let uri = self.uri();
        let path = uri.split('?').next().unwrap_or_default();
        path.split('/').filter(|segment| !segment.is_empty()).position(|segment| {
            segment.strip_prefix('<').and_then(|s| s.strip_suffix('>')) == Some(name)
        })
    }

    /// Whether each of these is a segment of the path.
    pub(crate) fn check(&self, segments: &[&Text]) -> Result<()> {
        let mut errors = Errors::default();
        for name in segments {
            if self.segment(&name.value).is_none() {
                errors.add(self.no_segment(name));
            }
        }
        errors.or(())
    }

    /// An error at both, the segment's name and the path that lacks it.
    fn no_segment(&self, segment: &Text) -> Error {
        let name = &segment.value;
        let uri = self.uri();
        let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
        let (message, here) = if self.uri.is_none() {
            (
                format!("`<{name}>` must be a segment of a path in the route attribute"),
                "no path was found here".to_owned(),
            )
        } else if path.contains(&format!("<{name}..>")) {
            (
                format!("`<{name}..>` matches many segments, and the id of an organization is one"),
                format!("write `<{name}>` here"),
            )
        } else if query.contains(&format!("<{name}>")) || query.contains(&format!("<{name}..>")) {
            (
                format!("`<{name}>` is in the query; an organization is named by the path"),
                format!("write `<{name}>` before the `?`"),
            )
        } else {
            (
                format!("`<{name}>` is not a segment of this route's path"),
                match dynamic(path) {
                    names if names.is_empty() => {
                        format!("this path has no dynamic segment; write `<{name}>` in it")
                    }
                    names => format!(
                        "this path has {}; name a segment of it, or write `<{name}>` here",
                        names.join(", ")
                    ),
                },
            )
        };
        let mut error = Error::new(segment.span, message);
        error.combine(Error::new(self.span, here));
        error
    }
}

/// The string without a name or after `uri =`, also one that was passed on by a macro.
fn uri(arguments: TokenStream) -> Option<LitStr> {
    let mut name = None;
    for token in arguments {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                if let Some(uri) = uri(group.stream()).filter(|_| allows_uri(name.as_ref())) {
                    return Some(uri);
                }
            }
            TokenTree::Literal(literal) if allows_uri(name.as_ref()) => {
                if let Ok(uri) = syn::parse2(TokenTree::from(literal).into()) {
                    return Some(uri);
                }
            }
            TokenTree::Ident(ident) => name = Some(ident),
            TokenTree::Punct(punct) if punct.as_char() == ',' => name = None,
            _ => {}
        }
    }
    None
}

fn allows_uri(name: Option<&Ident>) -> bool {
    name.is_none_or(|name| name == "uri")
}

fn is_upper(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_uppercase())
}

fn dynamic(path: &str) -> Vec<String> {
    let dynamic = path.split('/').filter(|segment| segment.starts_with('<'));
    dynamic.map(|segment| format!("`{segment}`")).collect()
}

/// The item after an error: as it was, without what would cause further errors by Rocket.
pub(crate) fn fallback(item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else { return item };
    let mut allowed = usize::from(function.sig.receiver().is_none());
    function.attrs.retain(|attribute| {
        if !name(attribute).is_some_and(is_route) {
            return true;
        }
        let is_allowed = allowed > 0;
        allowed = allowed.saturating_sub(1);
        is_allowed
    });
    function.into_token_stream()
}

fn is_route(name: &Ident) -> bool {
    ROUTES.iter().any(|route| name == route)
}

/// The last identifier of an attribute's path: `get` in `#[rocket::get("/")]`.
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
            "there is no route attribute below `#[authenticated]`; write `#[authenticated]` \
             above `#[get(…)]` or another attribute that makes `{handler}` a route"
        ),
    )
}

fn second_route(span: Span) -> Error {
    Error::new(
        span,
        "a handler can have only one route attribute; for a second route, write a second handler \
         that calls the same function",
    )
}

fn catcher(span: Span) -> Error {
    Error::new(
        span,
        "`#[authenticated]` protects routes, and this is a catcher; remove it, because a \
         catcher must be able to answer refused requests",
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
