//! [`App`]: an application with logto-rocket, and the provider it signs in at.

use logto_rocket::testing::Idp;
use logto_rocket::{Claims, Clock, Config, Error, Logto, LogtoFairing, LogtoUser, authenticated};
use rocket::figment::Figment;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route, get, post, routes};

use crate::browser::{Answer, Browser};
use crate::builder::Builder;

/// The origin that the application is configured for.
pub const ORIGIN: &str = "http://localhost:8000";

/// The key that its cookies are encrypted with.
pub const SECRET_KEY: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";

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
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// The usual application, to be changed.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::usual()
    }

    /// A second process of the same application, with a clock of its own.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn second_process(&self, clock: Clock) -> Client {
        launch(&clock, config_for(&self.idp), Vec::new()).await
    }

    /// The client of Logto that handlers get.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn logto(&self) -> &Logto {
        logto_of(&self.client)
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(&self.client)
    }

    /// Browsers with the cookies of another one, such as its other tabs.
    pub fn tabs(&self, browser: &Browser<'_>, count: usize) -> Vec<Browser<'_>> {
        (0..count).map(|_| browser.at(&self.client)).collect()
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
        browser.sign_in(&self.idp, username, path).await
    }

    /// Goes through the sign-in up to the callback, and answers with the callback's path and query.
    ///
    /// # Panics
    ///
    /// If the sign-in does not start.
    pub async fn callback(&self, browser: &mut Browser<'_>, username: &str, path: &str) -> String {
        browser.authorize(&self.idp, username, path).await
    }

    /// How often the provider was asked to refresh tokens.
    pub fn refreshes(&self) -> usize {
        self.idp.requests().token_by_grant("refresh_token")
    }

    /// Posts a logout token, as Logto does.
    pub async fn post_logout_token(&self, token: &str) -> Answer {
        post_logout_token(&self.client, token).await
    }
}

/// The client of Logto that an application's handlers get.
///
/// # Panics
///
/// If there is none.
pub fn logto_of(client: &Client) -> &Logto {
    client.rocket().state::<Logto>().expect("the client of Logto")
}

/// Posts a logout token to a process, as Logto does.
pub async fn post_logout_token(client: &Client, token: &str) -> Answer {
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Sec-Fetch-Mode", "cors"),
        ("Accept", "*/*"),
    ];
    let body = format!("logout_token={token}");
    Browser::new(client).request(Method::Post, "/auth/backchannel-logout", &headers, &body).await
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
    config_without_address(idp).base_url(ORIGIN)
}

/// The same for a site at another place, or at several.
pub fn config_without_address(idp: &Idp) -> Config {
    Config::new()
        .endpoint(idp.endpoint())
        .app_id(idp.app_id())
        .app_secret(idp.app_secret())
        .scopes(["roles", "email"])
}

/// The application, with a fairing.
pub fn rocket(fairing: LogtoFairing) -> Rocket<Build> {
    rocket_without_fairing().attach(fairing)
}

/// The application, without the fairing.
pub fn rocket_without_fairing() -> Rocket<Build> {
    rocket::custom(figment()).mount("/", usual_routes())
}

/// The routes of the usual application.
pub fn usual_routes() -> Vec<Route> {
    routes![index, account, profile, admin, change, missing, broken]
}

/// Rocket's settings for tests: quiet, with a key.
pub fn figment() -> Figment {
    Figment::from(rocket::Config::debug_default())
        .merge(("log_level", "off"))
        .merge(("secret_key", SECRET_KEY))
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
    "for administrators"
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
