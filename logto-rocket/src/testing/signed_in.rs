//! [`SignedIn`]: a user who has gone through a sign-in at a test provider.

use rocket::http::Cookie;
use rocket::local::{asynchronous, blocking};

use super::walk::{Answer, Walk};
use super::{Idp, IdpError};

/// A user who has gone through a sign-in, from [`Idp::sign_in`] or [`Idp::sign_in_to`].
#[derive(Debug, Clone)]
pub struct SignedIn {
    location: String,
    cookies: Vec<Cookie<'static>>,
}

impl SignedIn {
    /// Where the browser arrives in the end: the path and query of a page of the application.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The cookies of the browser. A client that tracks cookies already has them. With any other client, add
    /// them to each request: `client.get("/account").cookies(signed_in.cookies())`.
    pub fn cookies(&self) -> Vec<Cookie<'static>> {
        self.cookies.clone()
    }
}

impl Idp {
    /// Signs a user in at an application under test that uses this provider, as a browser does: from the
    /// sign-in route of the application to this provider and back to the callback. The hooks of the application
    /// run. With a blocking client, call [`sign_in_blocking`](Self::sign_in_blocking).
    ///
    /// A client may sign in any number of users, one after the other. With a client that tracks cookies, each
    /// session replaces the one before, and no sign-in counts as a
    /// [loop](crate::guide::troubleshooting).
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::testing::Idp;
    /// use logto_rocket::{Logto, LogtoUser};
    /// use rocket::local::asynchronous::Client;
    ///
    /// #[get("/account")]
    /// fn account(user: LogtoUser) -> String { format!("Hello, {}", user.display_name()) }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # rocket::async_test(async {
    /// let idp = Idp::start().await?;
    /// let fairing = Logto::fairing().provider(&idp);
    /// let client = Client::tracked(rocket::build().attach(fairing).mount("/", routes![account])).await?;
    ///
    /// let alice = idp.sign_in_to(&client, "/account?tab=keys", "alice").await?;
    /// assert_eq!(alice.location(), "/account?tab=keys");
    /// let response = client.get("/account").dispatch().await;
    /// assert_eq!(response.into_string().await.as_deref(), Some("Hello, Alice Liddell"));
    /// # Ok(()) })
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`IdpError::NotAttached`] without the fairing, [`IdpError::UnknownUser`] if there is no such user,
    /// [`IdpError::Suspended`] if the user is suspended, [`IdpError::NotAnAuthorizationUrl`] if the
    /// application uses another Logto, [`IdpError::Page`] if this provider shows a page of its own,
    /// [`IdpError::Answered`] if the application shows one, as when its hook `on_sign_in` refuses the user.
    pub async fn sign_in(
        &self,
        client: &asynchronous::Client,
        username: &str,
    ) -> Result<SignedIn, IdpError> {
        walk(Walk::new(self, client, None, username)?, client).await
    }

    /// Opens a page of the application that asks the user to sign in, signs the user in, and returns to the
    /// page. `path` is the path and query of the page, such as `/orders?page=2`. The client must have no
    /// session yet.
    ///
    /// # Errors
    ///
    /// Those of [`sign_in`](Self::sign_in), [`IdpError::NotAPath`] if `path` is a URL, has a fragment, or is not
    /// percent-encoded, [`IdpError::HasSession`] if the client is signed in already, and [`IdpError::Open`] if
    /// the page does not ask the user to sign in.
    pub async fn sign_in_to(
        &self,
        client: &asynchronous::Client,
        path: &str,
        username: &str,
    ) -> Result<SignedIn, IdpError> {
        walk(Walk::new(self, client, Some(path), username)?, client).await
    }

    /// [`sign_in`](Self::sign_in) with a blocking client. Start the provider with
    /// [`start_blocking`](Self::start_blocking).
    ///
    /// # Errors
    ///
    /// Those of [`sign_in`](Self::sign_in).
    pub fn sign_in_blocking(
        &self,
        client: &blocking::Client,
        username: &str,
    ) -> Result<SignedIn, IdpError> {
        walk_blocking(Walk::new(self, client, None, username)?, client)
    }

    /// [`sign_in_to`](Self::sign_in_to) with a blocking client.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::testing::Idp;
    /// use logto_rocket::{Logto, LogtoUser};
    /// use rocket::local::blocking::Client;
    ///
    /// #[get("/account")]
    /// fn account(user: LogtoUser) -> String { format!("Hello, {}", user.display_name()) }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let idp = Idp::start_blocking()?;
    /// let fairing = Logto::fairing().provider(&idp);
    /// let client = Client::tracked(rocket::build().attach(fairing).mount("/", routes![account]))?;
    ///
    /// idp.sign_in_to_blocking(&client, "/account", "alice")?;
    /// let response = client.get("/account").dispatch();
    /// assert_eq!(response.into_string().as_deref(), Some("Hello, Alice Liddell"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`sign_in_to`](Self::sign_in_to).
    pub fn sign_in_to_blocking(
        &self,
        client: &blocking::Client,
        path: &str,
        username: &str,
    ) -> Result<SignedIn, IdpError> {
        walk_blocking(Walk::new(self, client, Some(path), username)?, client)
    }
}

async fn walk(mut walk: Walk<'_>, client: &asynchronous::Client) -> Result<SignedIn, IdpError> {
    loop {
        let mut request = client.get(walk.path().to_owned()).cookies(walk.cookies());
        walk.headers().into_iter().for_each(|header| request.add_header(header));
        // Both share what the guards find out.
        let sent = request.clone();
        let response = request.dispatch().await;
        walk.take_cookies(response.cookies());
        let (status, location) = (response.status(), response.headers().get_one("Location"));
        let location = location.map(str::to_owned);
        let body = response.into_string().await.unwrap_or_default();
        if let Some(location) = walk.go_on(sent.inner(), Answer { status, location, body })? {
            return Ok(SignedIn { location, cookies: walk.cookies() });
        }
    }
}

fn walk_blocking(mut walk: Walk<'_>, client: &blocking::Client) -> Result<SignedIn, IdpError> {
    loop {
        let mut request = client.get(walk.path().to_owned()).cookies(walk.cookies());
        walk.headers().into_iter().for_each(|header| request.add_header(header));
        let sent = request.clone();
        let response = request.dispatch();
        walk.take_cookies(response.cookies());
        let (status, location) = (response.status(), response.headers().get_one("Location"));
        let location = location.map(str::to_owned);
        let body = response.into_string().unwrap_or_default();
        if let Some(location) = walk.go_on(sent.inner(), Answer { status, location, body })? {
            return Ok(SignedIn { location, cookies: walk.cookies() });
        }
    }
}
