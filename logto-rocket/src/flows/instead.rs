//! [`Instead`]: a sign-in or a sign-out with another response than its own.

/// A [`SignIn`](crate::SignIn) or a [`SignOut`](crate::SignOut) that is answered by another response
/// than its own, from [`SignIn::instead()`](crate::SignIn::instead) and
/// [`SignOut::instead()`](crate::SignOut::instead). Its effects on the browser's cookies are the same.
#[derive(Debug)]
#[must_use = "it has no effect unless it is returned as the response"]
pub struct Instead<E, R> {
    pub(super) effect: E,
    pub(super) response: R,
}
