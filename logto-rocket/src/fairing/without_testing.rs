//! `dev_provider()` in a build without the feature `testing`: a call does not compile, and the compiler says what
//! is missing.

use super::{LogtoFairing, ResourceServerFairing};

/// No type implements it. Because of the lifetime, the compiler checks the bound at each call, and not at the methods.
#[diagnostic::on_unimplemented(
    message = "`dev_provider()` needs the feature `testing` of logto-rocket",
    label = "logto-rocket is built without the feature `testing`",
    note = "run `cargo add logto-rocket --features testing`; it starts no provider in a release build"
)]
pub trait HasDevProvider<'a> {}

impl LogtoFairing {
    /// ```compile_fail,E0277
    /// logto_rocket::Logto::fairing().dev_provider();
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn dev_provider(self) -> Self
    where
        for<'a> Self: HasDevProvider<'a>,
    {
        self
    }
}

impl ResourceServerFairing {
    /// ```compile_fail,E0277
    /// logto_rocket::Logto::resource_server().dev_provider();
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn dev_provider(self) -> Self
    where
        for<'a> Self: HasDevProvider<'a>,
    {
        self
    }
}
