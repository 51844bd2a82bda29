//! Parameters of a handler that a request with an access token cannot fill.

use syn::parse::Result;
use syn::{Error, FnArg, GenericArgument, ItemFn, PathArguments, PathSegment, Type};

use crate::parse::{Accepts, Conditions, Context, Errors, Resource, path_name};

/// The guards of a session. A macro sees the names of types only: under another name, they are
/// refused at run time.
const OF_SESSIONS: [&str; 3] = ["LogtoUser", "ClaimsAs", "AccessToken"];

/// Whether the requirement accepts what the parameters need.
pub(super) fn check(handler: &ItemFn, conditions: &Conditions) -> Result<()> {
    let mut errors = Errors::default();
    for input in &handler.sig.inputs {
        if let FnArg::Typed(input) = input
            && let Some(message) = refused(&input.ty, conditions)
        {
            errors.add(Error::new_spanned(&input.ty, message));
        }
    }
    errors.or(())
}

fn refused(ty: &Type, conditions: &Conditions) -> Option<String> {
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
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) if is_optional => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) => Some(ty),
            _ => None,
        },
        _ => None,
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
