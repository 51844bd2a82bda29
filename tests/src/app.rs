//! [`App`]: an application with logto-rocket, and the provider it signs in at.

use logto_rocket::testing::{Builder, Idp};
use logto_rocket::{Claims, Clock, Config, Error, Logto, LogtoFairing, LogtoUser, authenticated};
use rocket::figment::Figment;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route, get, post, routes};

use crate::browser::{Answer, Browser, From};

/// The origin that the application is configured for.
pub const ORIGIN: &str = "http://localhost:8000";

/// A running application, its provider, and the time that both live in.
pub struct App {
    /// The client that requests go through. It keeps no cookies: [`Browser`] does.
    pub client: Client,
    /// The provider.
    pub idp: Idp,
    /// The clock of both.
    pub clock: Clock,
}

impl App {
    /// The usual application.
    pub async fn start() -> Self {
        Self::with(|idp| idp, |config| config, |fairing| fairing).await
    }

    /// An application with changes to its provider, its configuration and its fairing.
    ///
    /// # Panics
    ///
    /// If either does not start.
    pub async fn with(
        idp: impl FnOnce(Builder) -> Builder,
        config: impl FnOnce(Config) -> Config,
        fairing: impl FnOnce(LogtoFairing) -> LogtoFairing,
    ) -> Self {
        Self::mounted(Vec::new(), idp, config, fairing).await
    }

    /// The same with routes of a test's own besides.
    ///
    /// # Panics
    ///
    /// If either does not start.
    pub async fn mounted(
        routes: Vec<Route>,
        idp: impl FnOnce(Builder) -> Builder,
        config: impl FnOnce(Config) -> Config,
        fairing: impl FnOnce(LogtoFairing) -> LogtoFairing,
    ) -> Self {
        let clock = Clock::frozen();
        let idp = idp(Idp::builder().clock(clock.clone())).start().await.expect("a provider");
        let logto = Logto::fairing().config(config(config_for(&idp))).clock(clock.clone());
        let rocket = rocket(fairing(logto)).mount("/", routes);
        let client = Client::untracked(rocket).await.expect("a launch");
        Self { client, idp, clock }
    }

    /// The usual application with routes of a test's own.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn serving(routes: Vec<Route>) -> Self {
        Self::mounted(routes, |idp| idp, |config| config, |fairing| fairing).await
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(&self.client)
    }

    /// A browser in which a user has signed in.
    ///
    /// # Panics
    ///
    /// If the sign-in fails.
    pub async fn signed_in(&self, username: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = self.sign_in(&mut browser, username, "/").await;
        assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
        assert_eq!(browser.open("/").await.status, Status::Ok);
        browser
    }

    /// Goes through the sign-in, and answers with what the callback said.
    pub async fn sign_in(&self, browser: &mut Browser<'_>, username: &str, path: &str) -> Answer {
        let callback = self.callback(browser, username, path).await;
        browser.navigate(&callback, From::OtherSite).await
    }

    /// Goes through the sign-in up to the callback, and answers with the callback's path and query.
    ///
    /// # Panics
    ///
    /// If the sign-in does not start.
    pub async fn callback(&self, browser: &mut Browser<'_>, username: &str, path: &str) -> String {
        let query: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let start = browser.open(&format!("/auth/sign-in?return_to={query}")).await;
        assert_eq!(start.status, Status::SeeOther, "{start:?}");
        let callback = self.idp.authorize(start.location(), username).await.expect("a callback");
        callback.strip_prefix(ORIGIN).expect("a callback of this application").to_owned()
    }
}

/// Launches the usual application with routes of its own besides.
///
/// # Panics
///
/// If it does not launch.
pub async fn launch(clock: &Clock, config: Config, routes: Vec<Route>) -> Client {
    let fairing = Logto::fairing().config(config).clock(clock.clone());
    Client::untracked(rocket(fairing).mount("/", routes)).await.expect("a launch")
}

/// The configuration in code for a provider.
pub fn config_for(idp: &Idp) -> Config {
    Config::new()
        .endpoint(idp.endpoint())
        .app_id(idp.app_id())
        .app_secret(idp.app_secret())
        .base_url(ORIGIN)
        .scopes(["roles", "email"])
}

/// The application, with a fairing.
pub fn rocket(fairing: LogtoFairing) -> Rocket<Build> {
    let routes = routes![index, account, profile, admin, change, missing, broken];
    rocket::custom(figment()).attach(fairing).mount("/", routes)
}

/// Rocket's settings for tests: quiet, with a key.
pub fn figment() -> Figment {
    Figment::from(rocket::Config::debug_default())
        .merge(("log_level", "off"))
        .merge(("secret_key", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="))
}

#[get("/")]
fn index(user: Option<LogtoUser>) -> String {
    user.map_or("Hello, stranger".into(), |user| format!("Hello, {}", user.display_name()))
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser) -> String {
    format!("{} in {}", user.id(), user.session_id())
}

#[get("/profile")]
async fn profile(user: LogtoUser) -> Result<rocket::serde::json::Json<Claims>, Error> {
    user.fetch_user_info().await.map(rocket::serde::json::Json)
}

#[authenticated(role = "admin")]
#[get("/admin")]
fn admin() -> &'static str {
    "the keys of the house"
}

#[authenticated]
#[post("/change")]
fn change() -> &'static str {
    "changed"
}

#[authenticated]
#[get("/missing")]
fn missing() -> Option<String> {
    None
}

#[authenticated]
#[get("/broken")]
fn broken() -> String {
    panic!("as a handler may")
}
