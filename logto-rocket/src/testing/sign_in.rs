use rocket::http::Cookie;
use rocket::local::{asynchronous, blocking};
use rocket::{Orbit, Rocket};
use tokio::runtime::Builder;

use super::{IdpError, TestSession};
use crate::client::Client;

/// Where the request of the sign-in seems to go to, for the hook `on_sign_in`.
fn callback(rocket: &Rocket<Orbit>) -> String {
    let settings = Client::of(rocket).map(|client| client.settings());
    let path = settings.map(|it| it.mounted_at().join(&it.routes.sign_in_callback).to_string());
    path.unwrap_or_else(|| "/".into())
}

/// Signs a user in at an application under test, without a provider. The returned cookies contain a session,
/// encrypted with the application's own key, or belong to a session in its store. With a blocking client, call
/// [`sign_in_blocking()`].
///
/// The session has the claims for which the application's configuration has the scopes. [`TestSession`] can add
/// access tokens and the time of the sign-in at Logto, which is now by default. The hook
/// [`on_sign_in`](crate::LogtoFairing::on_sign_in) runs, as at each sign-in. The session has no refresh token.
/// If a handler asks Logto for something, use an [`Idp`](super::Idp) and a sign-in there
/// ([`Idp::sign_in`](super::Idp::sign_in)).
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::testing::{self, User};
/// use logto_rocket::{AccessToken, Config, Logto, LogtoUser, resource};
/// use rocket::local::asynchronous::Client;
///
/// resource!(Orders = "https://api.example.com/orders");
///
/// #[get("/orders")]
/// fn orders(user: LogtoUser, token: AccessToken<Orders>) -> String {
///     format!("{} may {:?}", user.display_name(), token.scopes())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # rocket::async_test(async {
/// let config = Config::new().endpoint("https://id.example.com").app_id("app").app_secret("secret");
/// let rocket = rocket::build().attach(Logto::fairing().config(config)).mount("/", routes![orders]);
/// let client = Client::tracked(rocket).await?;
///
/// let alice = User::new("alice").name("Alice").access_token(Orders, ["read:orders"]);
/// let alice = testing::sign_in(&client, alice).await?;
/// let response = client.get("/orders").cookies(alice).dispatch().await;
/// assert_eq!(response.into_string().await.as_deref(), Some("Alice may [\"read:orders\"]"));
/// # Ok(()) })
/// # }
/// ```
///
/// # Errors
///
/// [`IdpError::Profile`] and [`IdpError::ReleaseBuild`] outside Rocket's debug profile and in builds without
/// debug assertions, [`IdpError::NotAttached`] without the fairing, [`IdpError::Refused`] if `on_sign_in`
/// refuses the user, [`IdpError::Session`] if a claim has a type that Logto never uses for it or the values
/// cannot be written as JSON, [`IdpError::TooLarge`] if the claims do not fit into the session's cookies or
/// there are more than 8 KiB of values, [`IdpError::Store`] if the session store does not accept the session,
/// [`IdpError::Keys`] if no key for access tokens can be made.
pub async fn sign_in(
    client: &asynchronous::Client,
    session: impl Into<TestSession>,
) -> Result<Vec<Cookie<'static>>, IdpError> {
    let callback = client.get(callback(client.rocket()));
    session.into().begin(client, callback.inner()).await
}

/// [`sign_in()`] with a blocking client.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::testing::{self, User};
/// use logto_rocket::{Config, Logto, LogtoUser};
/// use rocket::local::blocking::Client;
///
/// #[get("/account")]
/// fn account(user: LogtoUser) -> String { format!("Hello, {}", user.display_name()) }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::new().endpoint("https://id.example.com").app_id("app").app_secret("secret");
/// let rocket = rocket::build().attach(Logto::fairing().config(config)).mount("/", routes![account]);
/// let client = Client::tracked(rocket)?;
///
/// let alice = testing::sign_in_blocking(&client, User::new("alice").name("Alice"))?;
/// let response = client.get("/account").cookies(alice).dispatch();
/// assert_eq!(response.into_string().as_deref(), Some("Hello, Alice"));
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// Those of [`sign_in()`].
///
/// # Panics
///
/// In an asynchronous test, as the blocking client itself does.
pub fn sign_in_blocking(
    client: &blocking::Client,
    session: impl Into<TestSession>,
) -> Result<Vec<Cookie<'static>>, IdpError> {
    let callback = client.get(callback(client.rocket()));
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| IdpError::Store(error.to_string()))?;
    runtime.block_on(session.into().begin(client, callback.inner()))
}

/// A local client of Rocket's, blocking or asynchronous.
pub trait LocalClient {
    /// The application under test.
    #[doc(hidden)]
    fn orbit(&self) -> &Rocket<Orbit>;
}

impl LocalClient for asynchronous::Client {
    fn orbit(&self) -> &Rocket<Orbit> {
        self.rocket()
    }
}

impl LocalClient for blocking::Client {
    fn orbit(&self) -> &Rocket<Orbit> {
        self.rocket()
    }
}
