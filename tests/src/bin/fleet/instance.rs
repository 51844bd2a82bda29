//! One process of the application, and how the test starts one.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use logto_rocket::{
    Config, Error as LogtoError, Logto, LogtoUser, RedisStore, SessionConfig, Store, authenticated,
};
use logto_rocket_tests::app::figment;
use rocket::fairing::AdHoc;
use rocket::{State, get, post, routes, tokio};

use crate::Failure;
use crate::breach::{Breach, Broken};

/// What a process is told by its environment.
const VARIABLES: [&str; 6] =
    ["FLEET_ENDPOINT", "FLEET_APP", "FLEET_SECRET", "FLEET_REDIS", "FLEET_SITE", "FLEET_CLAIMS"];

/// What a process breaks, if it breaks something.
const BREACH: &str = "FLEET_BREACH";

/// What it prints when it listens.
const LISTENS: &str = "listens";

/// What the processes of a fleet have in common.
pub struct Settings {
    /// The values of the variables, in order.
    pub values: [String; 6],
    pub breach: Option<Breach>,
}

/// A running process. It ends when it is dropped.
pub struct Process(Child);

impl Process {
    /// Starts one, and answers when it listens.
    ///
    /// # Errors
    ///
    /// If it does not listen.
    pub fn start(settings: &Settings, port: u16) -> Result<Self, Failure> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["instance", &port.to_string()]);
        command.envs(VARIABLES.into_iter().zip(&settings.values));
        command.envs(settings.breach.map(|breach| (BREACH, breach.name())));
        let mut process = Self(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
        let output = process.0.stdout.take().ok_or("no output")?;
        for line in BufReader::new(output).lines() {
            if line? == LISTENS {
                return Ok(process);
            }
        }
        Err("a process ended before it listened".into())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // As a machine that fails, not as one that is shut down.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a process until its input ends.
///
/// # Errors
///
/// If it does not launch.
pub async fn run() -> Result<(), Failure> {
    let [endpoint, app, secret, redis, site, claims] =
        VARIABLES.map(|name| env::var(name).unwrap_or_default());
    let port: u16 = env::args().nth(2).ok_or("no port")?.parse()?;
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
    let listening = AdHoc::on_liftoff("Listening", |_| {
        Box::pin(async {
            println!("{LISTENS}");
            let _ = io::stdout().flush();
        })
    });
    let rocket = rocket::custom(figment().merge(("port", port)))
        .attach(fairing)
        .attach(listening)
        .manage(Mixed { breach, before: Mutex::default() })
        .mount("/", routes![account, refresh, end_all])
        .ignite()
        .await?;
    let shutdown = rocket.shutdown();
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        shutdown.notify();
    });
    tokio::spawn(rocket.launch()).await??;
    Ok(())
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
