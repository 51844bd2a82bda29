use std::borrow::Borrow;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rocket::http::Cookie;
use rocket::{Orbit, Rocket, local};
use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::permitted::permitted;
use super::{IdpError, User};
use crate::claims::Claims;
use crate::client::Client;
use crate::host::HostId;
use crate::session::{Asked, Begin, NotCreated};

const ONE_THREAD: &str = "it has to be waited for, which takes a runtime with several threads, as \
                          `#[rocket::async_test]` starts it; or keep sessions in memory";

/// Signs a user in at an application under test, without a provider: the returned cookies hold a
/// session, sealed with the application's own key, or lead to one in its store.
///
/// The user has the claims that the scopes of the application's configuration open. The session has
/// no tokens, so what asks Logto for something needs an [`Idp`](super::Idp) and a sign-in there.
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
/// let alice = testing::sign_in(&client, User::new("alice").name("Alice"))?;
/// let response = client.get("/account").cookies(alice).dispatch();
/// assert_eq!(response.into_string().as_deref(), Some("Hello, Alice"));
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`IdpError::Profile`] and [`IdpError::ReleaseBuild`] outside Rocket's debug profile and in builds
/// without debug assertions, [`IdpError::NotAttached`] without the fairing,
/// [`IdpError::TooLarge`] if the claims do not fit into the session's cookies, [`IdpError::Store`] if
/// the session store does not take the session, or has to be waited for in a runtime of one thread.
pub fn sign_in(
    client: &impl LocalClient,
    user: impl Borrow<User>,
) -> Result<Vec<Cookie<'static>>, IdpError> {
    let rocket = client.orbit();
    permitted(&rocket.config().profile, cfg!(debug_assertions))?;
    let attached = Client::of(rocket).ok_or(IdpError::NotAttached)?;
    let scopes = attached.scopes();
    let claims = serde_json::to_string(&user.borrow().id_token_claims(&scopes))
        .and_then(|json| Claims::from_json(&json))
        .map_err(|error| IdpError::Description(error.to_string()))?;
    let sessions = attached.sessions();
    let asked = Asked::new(&scopes, &attached.settings().resources);
    let host = HostId::FIRST;
    let begin = Begin { host, claims, asked, persistent: None, origin: None };
    let session = sessions.begin(begin, None);
    wait_for(sessions.create(&session))
        .ok_or_else(|| IdpError::Store(ONE_THREAD.into()))?
        .map_err(|error| match error {
            NotCreated::TooLarge(why) => IdpError::TooLarge(why.to_string()),
            NotCreated::Store(error) => IdpError::Store(error.to_string()),
        })?;
    let cookies = sessions.cookies(session.host);
    let writes = cookies.of(&session).map_err(|why| IdpError::TooLarge(why.to_string()))?;
    Ok(writes.into_iter().map(|write| cookies.build(write)).collect())
}

/// The result of work, in the runtime of the caller or, as with a blocking client, in one for it
/// alone; `None` if the caller's has but one thread and would have to wait.
fn wait_for<T>(work: impl Future<Output = T>) -> Option<T> {
    if Handle::try_current().is_ok() {
        return at_once(work);
    }
    let runtime = Builder::new_current_thread().enable_all().build().ok()?;
    Some(runtime.block_on(work))
}

/// The result of a future that is usually ready at once. If it is not, the other tasks of this
/// thread move to another thread while it waits. `None` on a runtime with one thread, which
/// Rocket's own runtime never is.
fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return Some(done);
    }
    let runtime = Handle::try_current().ok()?;
    match runtime.runtime_flavor() {
        RuntimeFlavor::MultiThread => Some(block_in_place(|| runtime.block_on(work))),
        _ => None,
    }
}

/// A local client of Rocket's, blocking or asynchronous.
pub trait LocalClient {
    /// The application under test.
    #[doc(hidden)]
    fn orbit(&self) -> &Rocket<Orbit>;
}

impl LocalClient for local::asynchronous::Client {
    fn orbit(&self) -> &Rocket<Orbit> {
        self.rocket()
    }
}

impl LocalClient for local::blocking::Client {
    fn orbit(&self) -> &Rocket<Orbit> {
        self.rocket()
    }
}
