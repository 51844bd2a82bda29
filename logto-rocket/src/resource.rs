//! [`Resource`]: an API resource as a type.

/// An API resource that is registered at Logto, as a type of the application.
///
/// [`resource!`](crate::resource) makes one:
///
/// ```
/// use logto_rocket::Resource;
///
/// logto_rocket::resource!(pub Orders = "https://api.example.com/orders");
///
/// assert_eq!(Orders::URI, "https://api.example.com/orders");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an API resource",
    label = "this type has no resource indicator",
    note = "make one with `resource!(pub Orders = \"https://api.example.com/orders\");`"
)]
pub trait Resource: Send + Sync + 'static {
    /// The indicator as it is registered at Logto: an absolute URI without a fragment, a space or a comma
    /// ([RFC 8707, section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)). It is checked at compile
    /// time where it is used.
    const URI: &'static str;

    /// The scopes of this resource that every sign-in asks for if a handler with the guard
    /// [`AccessToken`](crate::AccessToken) is mounted. The guard's tokens then have those of the scopes for
    /// which the user has the permission. There are none by default. Requirements ask for their own scopes.
    const SCOPES: &'static [&'static str] = &[];
}

/// The name of an API resource for an access token: a type made by [`resource!`](crate::resource), or, if the
/// resource is known only at run time, its indicator as a text.
///
/// Sign-ins must ask for the resource. They ask for the resources of requirements and guards automatically. A
/// text must be in `logto.resources`, and its scopes in `logto.scopes`. Otherwise the result is
/// [`Error::UndeclaredResource`](crate::Error::UndeclaredResource), so a text that a user chose gets no token
/// for any other resource.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Error, LogtoUser};
/// use rocket::State;
///
/// /// Where the other services are, as deployed here.
/// struct Services { orders: String }
///
/// #[get("/may-i")]
/// async fn may_i(user: LogtoUser, services: &State<Services>) -> Result<String, Error> {
///     let token = user.access_token(&services.orders).await?;
///     Ok(if token.has_scope("write:orders") { "yes" } else { "no" }.into())
/// }
/// # fn main() { let _ = routes![may_i]; }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an API resource",
    label = "neither a type that `resource!` made nor a text",
    note = "make a type with `resource!(pub Orders = \"https://api.example.com/orders\");`"
)]
pub trait ResourceIndicator: Send {
    /// The indicator, as it is registered at Logto.
    #[doc(hidden)]
    fn into_indicator(self) -> String;
}

impl<R: Resource> ResourceIndicator for R {
    fn into_indicator(self) -> String {
        const { uri_of::<R>() }.to_owned()
    }
}

impl ResourceIndicator for &str {
    fn into_indicator(self) -> String {
        self.to_owned()
    }
}

impl ResourceIndicator for String {
    fn into_indicator(self) -> String {
        self
    }
}

impl ResourceIndicator for &String {
    fn into_indicator(self) -> String {
        self.clone()
    }
}

/// An API resource in a requirement.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// How it was written.
    pub name: &'static str,
    /// The URI that is registered at Logto.
    pub uri: &'static str,
}

/// The indicator of a resource, checked while compiling.
// The compiler reports an error at the caller, without a trace through this file.
#[doc(hidden)]
#[track_caller]
pub const fn uri_of<R: Resource>() -> &'static str {
    checked_uri(R::URI)
}

/// The same text, if it can be the indicator of a resource.
///
/// # Panics
///
/// While compiling, if it cannot.
#[doc(hidden)]
#[track_caller]
pub const fn checked_uri(uri: &'static str) -> &'static str {
    let bytes = uri.as_bytes();
    assert!(scheme_length(bytes) > 0, "the URI of a resource is absolute: \"https://…\"");
    let mut at = 0;
    while at < bytes.len() {
        assert!(
            bytes[at].is_ascii_graphic(),
            "the URI of a resource is visible ASCII without spaces"
        );
        assert!(bytes[at] != b'#', "the URI of a resource has no fragment (`#`)");
        assert!(bytes[at] != b',', "the URI of a resource has no comma");
        at += 1;
    }
    uri
}

/// The same text, if it can be a scope.
///
/// # Panics
///
/// While compiling, if it cannot.
#[doc(hidden)]
#[track_caller]
pub const fn checked_scope(scope: &'static str) -> &'static str {
    let bytes = scope.as_bytes();
    assert!(!bytes.is_empty(), "a scope is not empty");
    let mut at = 0;
    while at < bytes.len() {
        assert!(
            bytes[at].is_ascii_graphic() && bytes[at] != b'"' && bytes[at] != b'\\',
            "a scope is visible ASCII without spaces, quotes and backslashes"
        );
        at += 1;
    }
    scope
}

/// How long the scheme in front is; 0 if there is none, or nothing behind it.
const fn scheme_length(uri: &[u8]) -> usize {
    if uri.is_empty() || !uri[0].is_ascii_alphabetic() {
        return 0;
    }
    let mut at = 0;
    while at < uri.len() {
        match uri[at] {
            b':' => return if has_text(uri, at + 1) { at } else { 0 },
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.' => at += 1,
            _ => return 0,
        }
    }
    0
}

const fn has_text(uri: &[u8], mut at: usize) -> bool {
    while at < uri.len() {
        if uri[at] != b'/' {
            return true;
        }
        at += 1;
    }
    false
}

/// A list of scopes that is checked at compile time: `&'static [&'static str]`.
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
/// The URI is the indicator that is registered at Logto. It must be absolute and have no fragment,
/// space or comma; `urn:` URIs are accepted. Anything else is a compile error.
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
/// With `scopes`, every sign-in of an application that mounts the guard [`AccessToken`](crate::AccessToken)
/// asks for these scopes. The tokens of the guard then have those scopes for which the user has the permission.
///
/// ```
/// use logto_rocket::{Resource, resource};
///
/// resource!(pub Orders = "https://api.example.com/orders", scopes = ["read:orders", "write:orders"]);
/// assert_eq!(Orders::SCOPES, ["read:orders", "write:orders"]);
/// ```
///
/// ```compile_fail
/// logto_rocket::resource!(pub Orders = "orders");
/// ```
#[macro_export]
macro_rules! resource {
    (
        $(#[$attribute:meta])* $visibility:vis $name:ident = $uri:expr
        $(, scopes = [$($scope:expr),* $(,)?])? $(,)? $(;)?
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        $visibility struct $name;

        impl $crate::Resource for $name {
            const URI: &'static str = $crate::__private::checked_uri($uri);
            $(const SCOPES: &'static [&'static str] = $crate::scopes![$($scope),*];)?
        }

        const _: &str = <$name as $crate::Resource>::URI;
    };
}
