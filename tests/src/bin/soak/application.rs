//! The application under test, in a process of its own.

use std::env;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::{
    AccessToken, Bearer, Clock, Config, Error as LogtoError, Logto, LogtoUser, SessionConfig,
    Store, WebhookConfig, authenticated, resource,
};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::instance::{Instance, serve};
use rocket::http::Status;
use rocket::tokio::runtime::Handle;
use rocket::{State, get, post, routes};
use serde_json::Value;

use crate::Failure;
use crate::breach::{Breach, Broken};

resource!(pub Orders = "https://api.example.test/orders");

/// How long sessions live. The clock is moved further than everything of them is remembered.
const LIFETIME: Duration = Duration::from_secs(2 * 3600);

/// How long claims stay valid while Logto does not answer.
const STALE: Duration = Duration::from_secs(3600);

/// What the process is told by its environment.
const VARIABLES: [&str; 6] =
    ["SOAK_ENDPOINT", "SOAK_APP", "SOAK_SECRET", "SOAK_WEBHOOKS", "SOAK_CLAIMS", "SOAK_REDIS"];

/// What it breaks, if it breaks something.
const BREACH: &str = "SOAK_BREACH";

/// What an application is told.
pub struct Settings {
    /// The values of the variables, in order. Without a Redis its sessions are in cookies.
    pub values: [String; 6],
    pub breach: Option<Breach>,
}

impl Settings {
    /// Starts it, and answers when it listens.
    ///
    /// # Errors
    ///
    /// If it does not listen.
    pub fn start(&self, port: u16) -> io::Result<Instance> {
        let values = self.values.iter().map(String::as_str);
        let breach = self.breach.map(|breach| (BREACH, breach.name()));
        Instance::start(port, VARIABLES.into_iter().zip(values).chain(breach))
    }
}

/// Runs it until its input ends.
///
/// # Errors
///
/// If it does not launch.
pub async fn run(port: u16) -> Result<(), Failure> {
    let [endpoint, app, secret, webhooks, claims, redis] =
        VARIABLES.map(|name| env::var(name).unwrap_or_default());
    let breach = env::var(BREACH).ok().map(|name| Breach::named(&name)).transpose()?;
    let session = SessionConfig::new()
        .revalidate_after(Duration::from_secs(claims.parse()?))
        .max_stale(STALE)
        .max_lifetime(LIFETIME);
    let session =
        if redis.is_empty() { session } else { session.store(Store::Redis).redis_url(redis) };
    let clock = Clock::movable();
    let config = Config::new()
        .endpoint(endpoint)
        .app_id(app)
        .app_secret(secret)
        .base_url(format!("http://127.0.0.1:{port}"))
        .webhook(WebhookConfig::new().signing_keys([webhooks]))
        .diagnose(false)
        .session(session);
    let routes = routes![account, refresh, token, vault, orders, tasks, advance];
    let rocket = rocket::custom(figment().merge(("port", port)))
        .attach(Logto::fairing().config(config).clock(clock.clone()))
        .manage(Broken::new(breach))
        .manage(clock)
        .mount("/", routes);
    serve(rocket).await
}

fn answer(user: &LogtoUser) -> String {
    format!("{} {}", user.id(), user.session_id())
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser, broken: &State<Broken>) -> Result<String, Status> {
    broken.answer(&answer(user))
}

#[authenticated]
#[get("/refresh")]
async fn refresh(user: &LogtoUser) -> Result<String, LogtoError> {
    user.refresh().await.map(|newer| answer(&newer))
}

/// Whose the access token is, instead of whose the session.
#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[get("/token")]
fn token(user: &LogtoUser, token: AccessToken<Orders>) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(token.as_str().split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(format!("{} {}", claims["sub"].as_str()?, user.session_id()))
}

#[authenticated(max_age = "10s")]
#[get("/vault")]
fn vault(user: &LogtoUser) -> String {
    answer(user)
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().to_owned()
}

/// How many tasks there are in this process.
#[get("/test/tasks")]
fn tasks() -> String {
    Handle::current().metrics().num_alive_tasks().to_string()
}

/// Moves the clock.
#[post("/test/advance/<seconds>")]
fn advance(clock: &State<Clock>, seconds: u64) {
    clock.advance(Duration::from_secs(seconds));
}
