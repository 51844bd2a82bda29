//! What a function of the application may return: a value, or a future of one.

use std::future::Future;
use std::pin::Pin;

/// The value that a function of the application returns, once it is there.
#[doc(hidden)]
pub type Returned<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The value of a function of the application, whether it is `async` or not.
// The compiler quotes the bound below if the function returns something else.
#[doc(hidden)]
pub fn returned<'a, T, Kind, Value>(value: Value) -> Returned<'a, T>
where
    Value: Returns<'a, Kind, T>,
{
    value.into_returned()
}

/// What a function of the application may return where a `T` is needed.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this function returns `{Self}`, but a requirement needs `{T}`",
    label = "this function returns something else",
    note = "a `check` is a `fn(&LogtoUser) -> bool`; with `bearer` it is a `fn(&Bearer<R>) -> \
            bool`, and with `session, bearer` a `fn(&Caller<R>) -> bool`. An `organization` is \
            a `fn(&Request<'_>) -> Option<String>`. All may be `async`"
)]
pub trait Returns<'a, Kind, T> {
    /// The value as a future.
    fn into_returned(self) -> Returned<'a, T>;
}

/// Marks a value.
#[doc(hidden)]
pub enum Now {}

/// Marks a future of a value.
#[doc(hidden)]
pub enum Later {}

impl<'a, T: Send + 'a> Returns<'a, Now, T> for T {
    fn into_returned(self) -> Returned<'a, T> {
        Box::pin(std::future::ready(self))
    }
}

impl<'a, T, F: Future<Output = T> + Send + 'a> Returns<'a, Later, T> for F {
    fn into_returned(self) -> Returned<'a, T> {
        Box::pin(self)
    }
}
