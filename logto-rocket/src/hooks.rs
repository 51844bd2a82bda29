//! [`Hooks`]: where the application has a word in what this crate does.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;

use rocket::{Request, Response};

use crate::events::EventHook;
use crate::guard::LogtoUser;
use crate::oidc::SignInOptions;
use crate::sign_in_error::SignInError;

/// What [`on_sign_in`](crate::LogtoFairing::on_sign_in) returns: a boxed future.
pub type OnSignIn<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

#[derive(Default)]
pub(crate) struct Hooks {
    pub on_sign_in: Option<SignInHook>,
    pub on_event: Option<EventHook>,
    pub sign_in_options: Option<OptionsHook>,
    pub error_page: Option<ErrorPageHook>,
}

pub(crate) type SignInHook =
    Box<dyn for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a> + Send + Sync>;
pub(crate) type OptionsHook =
    Box<dyn Fn(&Request<'_>, SignInOptions) -> SignInOptions + Send + Sync>;
pub(crate) type ErrorPageHook =
    Box<dyn for<'r> Fn(&'r Request<'_>, &SignInError) -> Option<Response<'r>> + Send + Sync>;
