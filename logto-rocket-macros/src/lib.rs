//! The attribute macro of `logto-rocket`.
//!
//! Use it through that crate, which re-exports it: the code written here names `::logto_rocket`.
//!
//! A requirement takes three steps, one file each: `parse` turns the tokens between the parentheses
//! into a tree, `route` reads the handler below, `expand` writes both out again.

mod expand;
mod parse;
mod route;

use proc_macro::TokenStream;

/// Lets a request reach the handler only if somebody is signed in and meets the requirement.
///
/// Stands above the route attribute of a Rocket handler. Everybody else is refused before any other
/// guard of the route runs and before the body is read: with 401 (a browser is sent to sign-in) if
/// nobody is signed in, with 403 if the requirement is not met, with 503 if that cannot be told now.
///
/// What the requirements of mounted routes need, scopes and API resources, is asked of Logto at each
/// sign-in, and the launch lists it.
///
/// # What it changes
///
/// The handler gets one more parameter in front, a request guard. `routes![…]` and `uri!(…)` are used
/// as ever; a test that called the function itself goes through Rocket's local client instead.
///
/// # Errors
///
/// A mistake is a compile error at the word that is wrong. The attribute does not work below the
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
/// A mistake is a compile error at the word that is wrong. There is no route, so `organization` is
/// an id or a function, not a segment.
#[proc_macro]
pub fn requires(requirement: TokenStream) -> TokenStream {
    expand::requires(requirement.into()).into()
}
