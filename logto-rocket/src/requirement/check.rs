//! [`Check`]: a function of the application that takes part in a requirement.

use std::future::Future;
use std::pin::Pin;

use crate::user::LogtoUser;

/// A function of the application, and what it is called.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Check {
    /// Its path as it was written.
    pub name: &'static str,
    /// The function. Only a guard calls it.
    pub call: for<'a> fn(&'a LogtoUser) -> Verdict<'a>,
}

/// The answer of a [`Check`], once it is there.
#[doc(hidden)]
pub type Verdict<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// The answer of an application's function, be it one now or a future of one.
// The compiler quotes the bound below to whoever's function answers something else.
#[doc(hidden)]
pub fn verdict<'a, Kind, Answer>(answer: Answer) -> Verdict<'a>
where
    Answer: IntoVerdict<'a, Kind>,
{
    answer.into_verdict()
}

/// What the function of a `check` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `check` answers `bool`, not `{Self}`",
    label = "this function answers something else",
    note = "it is a `fn(&LogtoUser) -> bool` or an `async fn(&LogtoUser) -> bool`"
)]
pub trait IntoVerdict<'a, Kind> {
    /// The answer as a future.
    fn into_verdict(self) -> Verdict<'a>;
}

/// Marks an answer that is there.
#[doc(hidden)]
pub enum Now {}

/// Marks an answer that is to come.
#[doc(hidden)]
pub enum Later {}

impl<'a> IntoVerdict<'a, Now> for bool {
    fn into_verdict(self) -> Verdict<'a> {
        Box::pin(std::future::ready(self))
    }
}

impl<'a, F: Future<Output = bool> + Send + 'a> IntoVerdict<'a, Later> for F {
    fn into_verdict(self) -> Verdict<'a> {
        Box::pin(self)
    }
}
