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
/// Write the attribute above the route attribute of a Rocket handler. It refuses any other request before any
/// other guard of the route runs and before the body is read: with 401 (a browser is sent to the sign-in) if no
/// user is signed in, with 403 if the requirement is not met, and with 503 if the decision depends on Logto or
/// the session store, which does not answer.
///
/// With `bearer`, the request must have an access token in its `Authorization` header instead, and no response
/// is a redirect. A request is refused according to RFC 6750, with a `WWW-Authenticate: Bearer` header: with
/// 401 if it has no token, or one that is invalid, expired or for another audience; with 403 and
/// `insufficient_scope` if the token does not meet the requirement; and with 503 if the token cannot be
/// verified because Logto does not answer.
///
/// With `background`, requests to the route do not count as activity of the session, so that
/// `session.idle_timeout` ends the session although a page polls the route.
///
/// Each sign-in asks Logto for the scopes and API resources that the requirements of mounted routes need, and
/// the launch log lists them.
///
/// # What it changes
///
/// The handler gets one more parameter in front, a request guard. `routes![…]` and `uri!(…)` work without
/// change. A test can no longer call the function directly; it uses Rocket's local client instead.
///
/// # Errors
///
/// An invalid requirement is a compile error at the wrong token. There are three more compile errors: the
/// attribute must not be below the route attribute, because Rocket has already made the route then; it must not
/// be on a catcher, because catchers have no guards; and it must not be on a method.
///
#[doc = include_str!("../docs/grammar.md")]
#[proc_macro_attribute]
pub fn authenticated(requirement: TokenStream, handler: TokenStream) -> TokenStream {
    expand::authenticated(requirement.into(), handler.into()).into()
}

/// A requirement as a constant value, in the grammar of [`#[authenticated(…)]`](macro@authenticated).
///
/// See `logto_rocket::Requirement` for what it can do.
///
/// # Errors
///
/// An invalid requirement is a compile error at the wrong token. There is no route, so `organization` must be
/// an id or a function, not a segment.
///
/// With `bearer` the type is `Requirement<needs::Request>`, because only a request has a token.
#[proc_macro]
pub fn requires(requirement: TokenStream) -> TokenStream {
    expand::requires(requirement.into()).into()
}
