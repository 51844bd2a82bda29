//! [`Hooks`]: the functions of the application that take part in a sign-in.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;

use rocket::Request;

use crate::oidc::SignInOptions;
use crate::user::LogtoUser;

/// What [`on_sign_in`](crate::LogtoFairing::on_sign_in) returns: a boxed future.
pub type OnSignIn<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

/// The functions of the application that take part in a sign-in. The fairing manages them.
#[derive(Default)]
pub(crate) struct Hooks {
    pub on_sign_in: Option<SignInHook>,
    pub sign_in_options: Option<OptionsHook>,
}

pub(crate) type SignInHook =
    Box<dyn for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a> + Send + Sync>;
pub(crate) type OptionsHook =
    Box<dyn Fn(&Request<'_>, SignInOptions) -> SignInOptions + Send + Sync>;

impl Hooks {
    /// Those of the application that serves this request.
    pub fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        request.rocket().state()
    }

    /// Whether the application lets the user in; otherwise its reason.
    pub async fn admit(
        request: &Request<'_>,
        user: &LogtoUser,
    ) -> Result<(), Box<dyn StdError + Send + Sync>> {
        match Self::of(request).and_then(|hooks| hooks.on_sign_in.as_ref()) {
            Some(hook) => hook(request, user).await,
            None => Ok(()),
        }
    }
}
