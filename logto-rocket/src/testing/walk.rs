//! [`Walk`]: the requests of a browser on its way through a sign-in, and [`SignedIn`], where it ends.

use std::sync::Arc;

use rocket::http::{Cookie, CookieJar, Header, Status};
use rocket::local::{asynchronous, blocking};
use url::{Position, Url};

use super::{Idp, IdpError, LocalClient};
use crate::client::Client;
use crate::config::ProxyPrefix;
use crate::host::HostId;

/// How many redirects of the application's own there may be in a row.
const MAX_REDIRECTS: usize = 8;

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
    /// [`IdpError::NotAttached`] without the fairing, [`IdpError::UnknownUser`] if there is no such active
    /// user, [`IdpError::NotAnAuthorizationUrl`] if the application uses another Logto,
    /// [`IdpError::Page`] if this provider shows a page of its own, [`IdpError::Answered`] if the
    /// application shows one, as when its hook `on_sign_in` refuses the user.
    pub async fn sign_in(
        &self,
        client: &asynchronous::Client,
        username: &str,
    ) -> Result<SignedIn, IdpError> {
        walk(Walk::new(self, client, None, username)?, client).await
    }

    /// Opens a page of the application that asks the user to sign in, signs the user in, and returns to the
    /// page.
    ///
    /// # Errors
    ///
    /// Those of [`sign_in`](Self::sign_in), and [`IdpError::Open`] if the page does not ask the user to sign
    /// in.
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
        let mut request = client.get(walk.path.clone()).cookies(walk.cookies.clone());
        walk.headers().into_iter().for_each(|header| request.add_header(header));
        let response = request.dispatch().await;
        walk.take_cookies(response.cookies());
        let (status, location) =
            (response.status(), response.headers().get_one("Location").map(str::to_owned));
        let body = response.into_string().await;
        if let Some(end) = walk.go_on(status, location, body)? {
            return Ok(end);
        }
    }
}

fn walk_blocking(mut walk: Walk<'_>, client: &blocking::Client) -> Result<SignedIn, IdpError> {
    loop {
        let mut request = client.get(walk.path.clone()).cookies(walk.cookies.clone());
        walk.headers().into_iter().for_each(|header| request.add_header(header));
        let response = request.dispatch();
        walk.take_cookies(response.cookies());
        let (status, location) =
            (response.status(), response.headers().get_one("Location").map(str::to_owned));
        let body = response.into_string();
        if let Some(end) = walk.go_on(status, location, body)? {
            return Ok(end);
        }
    }
}

/// A browser on its way through a sign-in: what it asks the application next.
struct Walk<'i> {
    idp: &'i Idp,
    client: Arc<Client>,
    username: &'i str,
    /// The page that asks the user to sign in.
    page: Option<String>,
    path: String,
    cookies: Vec<Cookie<'static>>,
    requests: usize,
    /// Whether the provider has sent the browser back.
    is_back: bool,
}

impl<'i> Walk<'i> {
    fn new(
        idp: &'i Idp,
        local: &impl LocalClient,
        page: Option<&str>,
        username: &'i str,
    ) -> Result<Self, IdpError> {
        let client = Arc::clone(Client::of(local.orbit()).ok_or(IdpError::NotAttached)?);
        let sign_in = || own_path(client.sign_in(None).as_str(), &client);
        let path = page.map_or_else(sign_in, str::to_owned);
        let (page, cookies) = (page.map(str::to_owned), Vec::new());
        Ok(Self { idp, client, username, page, path, cookies, requests: 0, is_back: false })
    }

    /// The headers that a browser sends when it loads a page.
    fn headers(&self) -> [Header<'static>; 5] {
        let site = if self.is_back { "cross-site" } else { "none" };
        let origin = self.client.origin(HostId::FIRST);
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        [
            Header::new("Host", host.to_owned()),
            Header::new("Accept", "text/html"),
            Header::new("Sec-Fetch-Site", site),
            Header::new("Sec-Fetch-Mode", "navigate"),
            Header::new("Sec-Fetch-Dest", "document"),
        ]
    }

    fn take_cookies(&mut self, jar: &CookieJar<'_>) {
        for cookie in jar.iter() {
            self.cookies.retain(|known| known.name() != cookie.name());
            let is_gone = cookie.max_age().is_some_and(|age| !age.is_positive());
            if !is_gone {
                self.cookies.push(cookie.clone().into_owned());
            }
        }
    }

    /// Follows the redirect of the answer, or returns how the sign-in has ended.
    fn go_on(
        &mut self,
        status: Status,
        location: Option<String>,
        body: Option<String>,
    ) -> Result<Option<SignedIn>, IdpError> {
        self.requests += 1;
        let answered = || IdpError::Answered {
            path: self.path.clone(),
            status: status.code,
            body: body.unwrap_or_default(),
        };
        let location = location.filter(|_| status.class().is_redirection());
        let Some(location) = location.filter(|_| self.requests <= MAX_REDIRECTS) else {
            // With a `Strict` cookie, a page of the application navigates to the next one.
            if self.is_back && status == Status::Ok {
                return Ok(Some(self.end(self.page.clone())));
            }
            let open = self.page.clone().filter(|page| self.requests == 1 && *page == self.path);
            return Err(
                open.map_or_else(answered, |path| IdpError::Open { path, status: status.code })
            );
        };
        if self.is_back {
            return Ok(Some(self.end(Some(location))));
        }
        if location.starts_with('/') {
            self.path = own_path(&location, &self.client);
            return Ok(None);
        }
        let callback = self.idp.authorized(&location, self.username)?;
        let Ok(callback) = Url::parse(&callback) else {
            return Err(IdpError::NotAnAuthorizationUrl(location));
        };
        self.path = own_path(&callback[Position::BeforePath..], &self.client);
        self.is_back = true;
        Ok(None)
    }

    fn end(&self, location: Option<String>) -> SignedIn {
        let otherwise = || self.client.settings().after_sign_in.as_str().to_owned();
        SignedIn { location: location.unwrap_or_else(otherwise), cookies: self.cookies.clone() }
    }
}

/// The path by which the application knows what a browser asks for: a proxy may take the prefix of the
/// site off.
fn own_path(path: &str, client: &Client) -> String {
    let base_urls = &client.settings().base_urls;
    let own = match base_urls.proxy_prefix {
        ProxyPrefix::Strip => path.strip_prefix(base_urls.prefix.as_str()).unwrap_or(path),
        ProxyPrefix::Keep => path,
    };
    own.to_owned()
}
