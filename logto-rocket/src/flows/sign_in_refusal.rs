//! [`SignInRefusal`]: why the application refuses a sign-in, for the user to read.

use std::error::Error;
use std::fmt;

/// Why the application refuses a sign-in, in words that the user reads: an error for the hook
/// [`on_sign_in`](crate::LogtoFairing::on_sign_in).
///
/// The page (403) says who signed in, then this text, and leads to another account and to the sign-out at
/// Logto. The text of any other error is in the log only, and the page then says that the account has no
/// access. Programs get the text as the `detail` of a problem document. Its language is the
/// application's choice. It is escaped as it gets into the page; what stands between backquotes is shown
/// as code.
///
/// ```
/// use logto_rocket::{Logto, SignInRefusal};
///
/// Logto::fairing().on_sign_in(|_request, user| {
///     Box::pin(async move {
///         if user.email_verified() {
///             return Ok(());
///         }
///         Err(SignInRefusal::new("Please verify your e-mail address first.").into())
///     })
/// });
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRefusal(String);

impl SignInRefusal {
    /// A refusal with the text that the user reads: one or more whole sentences, about 300 characters at
    /// most. It is also in the log.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignInRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for SignInRefusal {}
