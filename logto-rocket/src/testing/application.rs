//! What a test needs of an application with a blocking or an asynchronous client: its clock, and headers
//! that tell where a request comes from.

use rocket::http::Header;

use super::{IdpError, LocalClient, permitted};
use crate::clock::Clock;
use crate::resource_server::ResourceServer;

/// The clock of an application under test. A test can move the clock, for example by an hour, and the
/// application's sessions and tokens are then an hour older. The application needs no clock of its own for
/// that.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use std::time::Duration;
/// use logto_rocket::testing::{self, User};
/// use logto_rocket::{Config, Logto, LogtoUser, authenticated};
/// use rocket::http::Status;
/// use rocket::local::blocking::Client;
///
/// #[authenticated(max_age = "15m")]
/// #[get("/transfer")]
/// fn transfer(user: LogtoUser) -> &'static str { "How much?" }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::new().endpoint("https://id.example.com").app_id("app").app_secret("secret");
/// let rocket = rocket::build().attach(Logto::fairing().config(config)).mount("/", routes![transfer]);
/// let client = Client::tracked(rocket)?;
/// let alice = testing::sign_in_blocking(&client, User::new("alice"))?;
/// let transfer = || client.get("/transfer").cookies(alice.clone()).dispatch().status();
///
/// assert_eq!(transfer(), Status::Ok);
/// testing::clock(&client)?.advance(Duration::from_secs(16 * 60));
/// assert_eq!(transfer(), Status::Unauthorized);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`IdpError::Profile`] and [`IdpError::ReleaseBuild`] outside Rocket's debug profile and in builds
/// without debug assertions, [`IdpError::NotAttached`] without one of the fairings.
pub fn clock(client: &impl LocalClient) -> Result<Clock, IdpError> {
    let rocket = client.orbit();
    permitted(&rocket.config().profile, cfg!(debug_assertions))?;
    let server = ResourceServer::of(rocket).ok_or(IdpError::NotAttached)?;
    Ok(server.issuer().clock().clone())
}

/// The header with which a browser says that a request comes from a page of the site itself:
/// `Sec-Fetch-Site: same-origin`. A `POST` without it does not count as a browser's. Handlers accept such a
/// `POST` with the user's session, but the route for the sign-out answers with a page that asks the user.
///
/// ```
/// # fn post(client: &rocket::local::blocking::Client) {
/// use logto_rocket::testing;
///
/// let out = client.post("/auth/sign-out").header(testing::from_own_page()).dispatch();
/// # }
/// ```
pub fn from_own_page() -> Header<'static> {
    Header::new("Sec-Fetch-Site", "same-origin")
}

/// The header with which a browser says that a request comes from a page of another site:
/// `Sec-Fetch-Site: cross-site`. A `POST` with this header is refused, even with a session that meets the
/// requirement.
pub fn from_other_site() -> Header<'static> {
    Header::new("Sec-Fetch-Site", "cross-site")
}
