//! The declarative macros.

/// A list of scopes that is checked while compiling: `&'static [&'static str]`.
///
/// A scope is visible ASCII without blanks, quotes and backslashes
/// ([RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)); anything else is
/// a compile error.
///
/// ```
/// const READING: &[&str] = logto_rocket::scopes!["read:orders", "read:invoices"];
/// assert_eq!(READING.len(), 2);
/// ```
///
/// ```compile_fail
/// const READING: &[&str] = logto_rocket::scopes!["read:orders read:invoices"];
/// ```
#[macro_export]
macro_rules! scopes {
    ($($scope:expr),* $(,)?) => {{
        const SCOPES: &[&str] = &[$($crate::__private::checked_scope($scope)),*];
        SCOPES
    }};
}

/// Declares an API resource as a type, for `resource = Orders` in requirements and for tokens.
///
/// The URI is the indicator that is registered at Logto. It is absolute and has no fragment, blank
/// or comma; `urn:` will do. Anything else is a compile error.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{authenticated, resource};
///
/// resource! {
///     /// Where orders are kept.
///     pub Orders = "https://api.example.com/orders"
/// }
///
/// #[authenticated(resource = Orders, scope = "read:orders")]
/// #[get("/orders")]
/// fn orders() {}
/// # fn main() { let _ = routes![orders]; }
/// ```
///
/// ```compile_fail
/// logto_rocket::resource!(pub Orders = "orders");
/// ```
#[macro_export]
macro_rules! resource {
    ($(#[$attribute:meta])* $visibility:vis $name:ident = $uri:expr $(;)?) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        $visibility struct $name;

        impl $crate::Resource for $name {
            const URI: &'static str = $crate::__private::checked_uri($uri);
        }

        const _: &str = <$name as $crate::Resource>::URI;
    };
}
