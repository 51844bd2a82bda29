//! Parameters of a handler that no request can fill which the requirement lets in.

use quote::ToTokens;
use syn::parse::Result;
use syn::{Error, FnArg, GenericArgument, ItemFn, PathArguments, PathSegment, Type};

use crate::parse::{Accepts, Conditions, Context, Errors, Resource, path_name};

/// The guards of a session. A macro sees the names of types only: under another name, they are
/// refused at run time.
const OF_SESSIONS: [&str; 3] = ["LogtoUser", "ClaimsAs", "AccessToken"];

/// A parameter `Bearer<R>` or `Caller<R>`, or one of these in an `Option` or a `Result`.
pub(super) struct TokenGuard<'h> {
    name: &'static str,
    /// The `R`.
    pub(super) audience: &'h Type,
    is_optional: bool,
}

/// Whether the requirement accepts what the parameters need.
pub(super) fn check(handler: &ItemFn, conditions: &Conditions) -> Result<()> {
    let mut errors = Errors::default();
    for ty in types(handler) {
        let refused = of_sessions(ty, conditions).or_else(|| of_tokens(ty, conditions));
        if let Some(message) = refused {
            errors.add(Error::new_spanned(ty, message));
        }
    }
    errors.or(())
}

/// The parameters for access tokens.
pub(super) fn token_guards(handler: &ItemFn) -> impl Iterator<Item = TokenGuard<'_>> {
    types(handler).filter_map(TokenGuard::of)
}

fn types(handler: &ItemFn) -> impl Iterator<Item = &Type> {
    handler.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(&*input.ty),
        FnArg::Receiver(_) => None,
    })
}

/// What is wrong with a guard of a session, where access tokens are accepted.
fn of_sessions(ty: &Type, conditions: &Conditions) -> Option<String> {
    let (why, guard) = match conditions.accepts {
        Accepts::Session => return None,
        Accepts::Bearer => ("this route accepts access tokens and no sessions", "Bearer"),
        Accepts::Either => ("this route accepts access tokens as well as sessions", "Caller"),
    };
    let outer = last(ty)?;
    let inner = optional(outer).and_then(last);
    // Where sessions are accepted too, a parameter may be there for them alone.
    let inner = inner.filter(|_| conditions.accepts == Accepts::Bearer);
    let name = of_a_session(outer).or_else(|| of_a_session(inner?))?;
    Some(format!("{why}, so it takes {} instead of `{name}`", instead(guard, conditions)))
}

/// What is wrong with a guard for access tokens.
fn of_tokens(ty: &Type, conditions: &Conditions) -> Option<String> {
    let guard = TokenGuard::of(ty)?;
    let TokenGuard { name, audience, is_optional } = guard;
    let resource = name_of(audience);
    Some(match (conditions.accepts, name) {
        (Accepts::Session, _) => {
            let words = if name == "Caller" || is_optional { "session, bearer" } else { "bearer" };
            let example = if resource.ends_with("Organizations") {
                format!("{words}, organization = \"<org>\"")
            } else {
                format!("{words}, resource = {resource}")
            };
            format!(
                "this route accepts sessions and no access tokens, but `{name}<{resource}>` needs an \
                 access token; add `{words}`: `#[authenticated({example}, …)]`"
            )
        }
        (Accepts::Bearer, "Caller") => format!(
            "this route accepts access tokens and no sessions, so it takes {} instead of `Caller`; \
             to accept sessions as well, write `session, bearer`",
            instead("Bearer", conditions)
        ),
        // In an `Option` or a `Result`, the guard may be meant for programs only.
        (Accepts::Either, "Bearer") if !is_optional => format!(
            "this route accepts sessions as well as access tokens, so it takes {} instead of `Bearer`",
            instead("Caller", conditions)
        ),
        (Accepts::Bearer | Accepts::Either, _) => return None,
    })
}

impl<'h> TokenGuard<'h> {
    fn of(ty: &'h Type) -> Option<Self> {
        let outer = last(ty)?;
        let inner = optional(outer);
        let segment = inner.map_or(Some(outer), last)?;
        let name = ["Bearer", "Caller"].into_iter().find(|name| segment.ident == name)?;
        let audience = first_type(segment)?;
        Some(Self { name, audience, is_optional: inner.is_some() })
    }
}

fn of_a_session(segment: &PathSegment) -> Option<&'static str> {
    OF_SESSIONS.into_iter().find(|name| segment.ident == name)
}

/// The last segment of the path of a type, or of what it refers to.
fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(ty) => ty.path.segments.last(),
        Type::Reference(ty) => last(&ty.elem),
        Type::Paren(ty) => last(&ty.elem),
        Type::Group(ty) => last(&ty.elem),
        _ => None,
    }
}

/// The `T` of an `Option<T>` or a `Result<T, …>`.
fn optional(segment: &PathSegment) -> Option<&Type> {
    let is_optional = segment.ident == "Option" || segment.ident == "Result";
    first_type(segment).filter(|_| is_optional)
}

/// The first argument of a type, if it is a type.
fn first_type(segment: &PathSegment) -> Option<&Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

fn name_of(ty: &Type) -> String {
    match ty {
        Type::Path(ty) if ty.qself.is_none() => path_name(&ty.path),
        ty => ty.to_token_stream().to_string(),
    }
}

/// The guard to write instead.
fn instead(guard: &str, conditions: &Conditions) -> String {
    match Context::default().within(&conditions.all).resource {
        Some(Resource::Type(path)) => format!("`{guard}<{}>`", path_name(path)),
        Some(Resource::Uri(uri)) => {
            format!("`{guard}<Orders>`, of `resource!(pub Orders = {uri});`,")
        }
        None => format!("`{guard}<Organizations>`"),
    }
}
