//! [`Hooks`]: the functions of the application that take part in a sign-in.

use std::error::Error as StdError;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use rocket::Request;
use rocket::futures::FutureExt;

use crate::oidc::SignInOptions;
use crate::session_values::{IntoSessionValues, SessionValues};
use crate::user::LogtoUser;

/// What [`on_sign_in`](crate::LogtoFairing::on_sign_in) returns: a boxed future. Its output is `Ok(())`, `Ok`
/// with the application's [values](crate::SessionValues) for the session, or an error, which refuses the
/// sign-in.
pub type OnSignIn<'a, V = ()> =
    Pin<Box<dyn Future<Output = Result<V, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

/// The functions of the application that take part in a sign-in. The fairing manages them.
#[derive(Default)]
pub(crate) struct Hooks {
    pub on_sign_in: Option<SignInHook>,
    pub sign_in_options: Option<OptionsHook>,
}

/// Why the application does not let a user in.
pub(crate) enum NotAdmitted {
    /// The reason that the hook returned.
    Refused(Box<dyn StdError + Send + Sync>),
    /// The hook panicked.
    Panicked,
}

pub(crate) type SignInHook =
    Box<dyn for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a, Own> + Send + Sync>;
type Own = Option<SessionValues>;
pub(crate) type OptionsHook =
    Box<dyn Fn(&Request<'_>, SignInOptions) -> SignInOptions + Send + Sync>;

impl Hooks {
    /// Those of the application that serves this request.
    fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        request.rocket().state()
    }

    /// Sets the one that is called for each sign-in.
    pub fn set_on_sign_in<F, V>(&mut self, hook: F)
    where
        F: for<'a> Fn(&'a Request<'_>, &'a LogtoUser) -> OnSignIn<'a, V> + Send + Sync + 'static,
        V: IntoSessionValues + 'static,
    {
        self.on_sign_in = Some(Box::new(move |request, user| {
            let decided = hook(request, user);
            Box::pin(async move { decided.await.map(V::into_values) })
        }));
    }

    /// The values with which the application lets the user in; otherwise its reason. A hook that panics lets
    /// nobody in.
    pub async fn admit(
        request: &Request<'_>,
        user: &LogtoUser,
    ) -> Result<Option<SessionValues>, NotAdmitted> {
        match Self::of(request).and_then(|hooks| hooks.on_sign_in.as_ref()) {
            // The hook may panic before it returns its future, too.
            Some(hook) => {
                match AssertUnwindSafe(async { hook(request, user).await }).catch_unwind().await {
                    Ok(decided) => decided.map_err(NotAdmitted::Refused),
                    Err(_) => Err(NotAdmitted::Panicked),
                }
            }
            None => Ok(None),
        }
    }

    /// The options of a link's sign-in, as the application changes them; `None` if its hook panics.
    pub fn options(request: &Request<'_>, options: SignInOptions) -> Option<SignInOptions> {
        match Self::of(request).and_then(|hooks| hooks.sign_in_options.as_ref()) {
            Some(hook) => catch_unwind(AssertUnwindSafe(|| hook(request, options))).ok(),
            None => Some(options),
        }
    }
}
