//! One process of the application, and how the test starts one.

use std::env;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use logto_rocket::{
    Config, Error as LogtoError, Logto, LogtoUser, RedisStore, SessionConfig, Store, authenticated,
};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::instance::{Instance, serve};
use rocket::{State, get, post, routes};

use crate::Failure;
use crate::breach::{Breach, Broken};

/// What a process is told by its environment.
const VARIABLES: [&str; 6] =
    ["FLEET_ENDPOINT", "FLEET_APP", "FLEET_SECRET", "FLEET_REDIS", "FLEET_SITE", "FLEET_CLAIMS"];

/// What a process breaks, if it breaks something.
const BREACH: &str = "FLEET_BREACH";

/// What the processes of a fleet have in common.
pub struct Settings {
    /// The values of the variables, in order.
    pub values: [String; 6],
    pub breach: Option<Breach>,
}

impl Settings {
    /// Starts a process, and answers when it listens.
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

/// Runs a process until its input ends.
///
/// # Errors
///
/// If it does not launch.
pub async fn run(port: u16) -> Result<(), Failure> {
    let [endpoint, app, secret, redis, site, claims] =
        VARIABLES.map(|name| env::var(name).unwrap_or_default());
    let breach = env::var(BREACH).ok().map(|name| Breach::named(&name)).transpose()?;
    let session = SessionConfig::new().revalidate_after(Duration::from_secs(claims.parse()?));
    let session =
        if breach.is_some() { session } else { session.store(Store::Redis).redis_url(&redis) };
    let config = Config::new().endpoint(endpoint).app_id(app).app_secret(secret).base_url(site);
    let config = config.diagnose(false);
    let fairing = Logto::fairing().config(config.session(session));
    let fairing = match breach {
        Some(breach) => fairing.store(Broken::new(RedisStore::new(&redis, "fleet")?, breach)),
        None => fairing,
    };
    let rocket = rocket::custom(figment().merge(("port", port)))
        .attach(fairing)
        .manage(Mixed { breach, before: Mutex::default() })
        .mount("/", routes![account, refresh, end_all]);
    serve(rocket).await
}

/// The users of this process, for one that mixes them up.
struct Mixed {
    breach: Option<Breach>,
    before: Mutex<(u64, String)>,
}

impl Mixed {
    fn id(&self, user: &LogtoUser) -> String {
        let mut before = self.before.lock().expect("no panic");
        before.0 += 1;
        let other = std::mem::replace(&mut before.1, user.id().to_owned());
        let mixes = self.breach == Some(Breach::WrongUser) && before.0.is_multiple_of(50);
        if mixes { other } else { user.id().to_owned() }
    }
}

#[authenticated]
#[get("/account")]
fn account(user: &LogtoUser, mixed: &State<Mixed>) -> String {
    format!("{} {}", mixed.id(user), user.session_id())
}

#[authenticated]
#[get("/refresh")]
async fn refresh(user: &LogtoUser) -> Result<String, LogtoError> {
    let newer = user.refresh().await?;
    Ok(format!("{} {}", newer.id(), newer.session_id()))
}

#[authenticated]
#[post("/end-all")]
async fn end_all(logto: &Logto, user: &LogtoUser) -> Result<(), LogtoError> {
    logto.sessions().end_all_of(user.id()).await
}
