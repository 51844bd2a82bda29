//! [`SignInRefusal`]: why the application refuses a sign-in, for the user to read.

use std::error::Error;
use std::fmt;

/// The reason for which the application refuses a sign-in, as a text for the user. It is an error for the hook
/// [`on_sign_in`](crate::LogtoFairing::on_sign_in).
///
/// The page (403) says who signed in, shows this text, and links to another account and to the sign-out at
/// Logto. For any other error, the page says that the account has no access, and the text of the error is in
/// the log only. Programs get the text as the `detail` of a problem document. The application chooses the
/// language of the text. The page escapes the text, and shows text between backquotes as code.
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
    /// A refusal with a text for the user: one or more whole sentences, about 300 characters at most. The page
    /// shows the first 1,000 characters, and its own text if this one is blank. The text is also in the log.
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
