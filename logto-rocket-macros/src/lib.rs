//! The attribute macro of `logto-rocket`.
//!
//! Use it through that crate, which re-exports it: the code written here names `::logto_rocket`.
//!
//! A requirement takes three steps, one module each: `parse` turns the tokens between the parentheses
//! into a syntax tree, `route` parses the handler below, `expand` writes both as tokens.

mod expand;
#[cfg(test)]
mod fuzzed;
mod parse;
mod route;

use proc_macro::TokenStream;

/// Lets a request reach the handler only if a user is signed in and meets the requirement.
///
/// Goes above the route attribute of a Rocket handler. Any other request is refused before any other
/// guard of the route runs and before the body is read: with 401 (a browser is sent to sign-in) if no
/// user is signed in, with 403 if the requirement is not met, with 503 if that cannot be decided now.
///
/// With `bearer`, the request must have an access token in its `Authorization` header instead, and no
/// answer is a redirect. It is refused as RFC 6750 says, with a `WWW-Authenticate: Bearer` header:
/// with 401 if it has no token, or one that is invalid, expired or for another audience, with 403 and
/// `insufficient_scope` if the token does not meet the requirement, with 503 if it cannot be verified
/// now.
///
/// With `background`, the requests to the route do not count as activity in their session, so that
/// `session.idle_timeout` ends it although a page polls the route.
///
/// The scopes and API resources that the requirements of mounted routes need are requested from Logto
/// at each sign-in, and listed at launch.
///
/// # What it changes
///
/// The handler gets one more parameter in front, a request guard. `routes![…]` and `uri!(…)` are used
/// as ever; a test that called the function itself goes through Rocket's local client instead.
///
/// # Errors
///
/// An invalid requirement is a compile error at the token that is wrong. The attribute does not work below the
/// route attribute, which Rocket has already turned into a route by then; on a catcher, which takes
/// no guards; and on methods.
///
#[doc = include_str!("../docs/grammar.md")]
#[proc_macro_attribute]
pub fn authenticated(requirement: TokenStream, handler: TokenStream) -> TokenStream {
    expand::authenticated(requirement.into(), handler.into()).into()
}

/// A requirement as a value that is known while compiling, in the grammar of
/// [`#[authenticated(…)]`](macro@authenticated).
///
/// See `logto_rocket::Requirement` for what it can do.
///
/// # Errors
///
/// An invalid requirement is a compile error at the token that is wrong. There is no route, so `organization` is
/// an id or a function, not a segment.
///
/// With `bearer` the type is `Requirement<needs::Request>`, because only a request has a token.
#[proc_macro]
pub fn requires(requirement: TokenStream) -> TokenStream {
    expand::requires(requirement.into()).into()
}
