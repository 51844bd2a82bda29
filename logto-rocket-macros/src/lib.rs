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
/// # Requirements
///
/// | requirement | is met if |
/// | --- | --- |
/// | `role = "admin"` | the user has the role |
/// | `roles("admin", "auditor")` | the user has all of the roles |
/// | `claim("department" = "ops")` | the claim has the value: a string, an integer or a boolean; `"address.country"` is `country` in `address` |
/// | `check = business_hours` | the function says so: `fn(&LogtoUser) -> bool` or `async fn(&LogtoUser) -> bool` |
/// | `all(…)` | everything between the parentheses is met |
/// | `any(…)` | something between the parentheses is met |
/// | `not(…)` | the one requirement between the parentheses is known not to be met |
///
/// A comma means "and". No requirement at all means that being signed in is enough.
///
/// # Example
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{LogtoUser, authenticated};
///
/// #[authenticated]
/// #[get("/account")]
/// fn account() -> &'static str {
///     "signed in"
/// }
///
/// fn business_hours(user: &LogtoUser) -> bool {
///     # let _ = user;
///     // …
///     # true
/// }
///
/// #[authenticated(any(role = "admin", all(role = "support", check = business_hours)))]
/// #[get("/tickets/<id>")]
/// fn ticket(id: u32) -> String {
///     format!("ticket {id}")
/// }
/// # fn main() { let _ = routes![account, ticket]; }
/// ```
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
#[proc_macro_attribute]
pub fn authenticated(requirement: TokenStream, handler: TokenStream) -> TokenStream {
    expand::authenticated(requirement.into(), handler.into()).into()
}
