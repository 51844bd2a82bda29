//! [`Instead`]: a sign-in or a sign-out with another response than its own.

/// A [`SignIn`](crate::SignIn) or a [`SignOut`](crate::SignOut) with a response of the application, from
/// [`SignIn::instead()`](crate::SignIn::instead) and [`SignOut::instead()`](crate::SignOut::instead). The
/// effects on the browser's cookies are the same.
#[derive(Debug)]
#[must_use = "it has no effect unless it is returned as the response"]
pub struct Instead<E, R> {
    pub(super) effect: E,
    pub(super) response: R,
}
