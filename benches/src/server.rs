//! [`Server`]: one of the applications in a process of its own, whose instructions, processor
//! time and memory can be told.

use std::fs;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::provider::{Provider, built};

/// What is sealed by one process opens in the next.
const SECRET_KEY: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";

/// The key of the webhook at Logto.
pub const SIGNING_KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";

/// How long a server may take to listen; under callgrind it is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which application, and where it keeps its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// The floors.
    Floors,
    /// The floors with the headers of everything personal.
    Uncached,
    /// The site with logto-rocket, and its `session.store`.
    Site(&'static str),
    /// The API with logto-rocket, which has no sessions.
    Api,
}

/// A running server.
pub struct Server {
    process: Child,
    /// Its origin.
    pub url: String,
}

impl Server {
    /// Starts an application.
    ///
    /// # Errors
    ///
    /// If it was not built in the release profile, or does not listen.
    pub fn start(app: App, provider: &Provider) -> io::Result<Self> {
        Self::launch(Command::new(built("release", "app")?), app, provider)
    }

    /// Starts an application under callgrind, which writes what it counted to a file when the
    /// server stops.
    ///
    /// # Errors
    ///
    /// If it was not built in the release profile, does not listen, or there is no valgrind.
    pub fn start_counted(app: App, provider: &Provider, counts: &Path) -> io::Result<Self> {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--quiet", "--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", counts.display()))
            .arg(built("release", "app")?);
        Self::launch(valgrind, app, provider)
    }

    /// Stops it, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// If it cannot be told to.
    pub fn stop(mut self) -> io::Result<()> {
        Browser::default().get(&format!("{}/stop", self.url))?;
        self.process.wait().map(drop)
    }

    /// The bytes of memory that it occupies.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.map(|it| it * 1024).ok_or_else(|| io::Error::other("no VmRSS"))
    }

    /// The processor time that its threads have used so far.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn processor_time(&self) -> io::Result<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(self.proc("task"))? {
            let statistics = fs::read_to_string(thread?.path().join("schedstat"))?;
            let used = statistics.split(' ').next().and_then(|it| it.parse::<u64>().ok());
            nanoseconds += used.ok_or_else(|| io::Error::other("no schedstat"))?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    fn launch(mut command: Command, app: App, provider: &Provider) -> io::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        let (name, store) = match app {
            App::Floors => ("floors", "cookie"),
            App::Uncached => ("uncached", "cookie"),
            App::Site(store) => ("site", store),
            App::Api => ("api", "cookie"),
        };
        let environment = environment(provider, port, &url, store);
        command.arg(name).envs(environment).stdin(Stdio::null()).stdout(Stdio::null());
        let mut server = Self { process: command.spawn()?, url };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = server.process.try_wait()? {
                return Err(io::Error::other(format!("the application ended: {status}")));
            }
            if Instant::now() > deadline {
                return Err(io::Error::other("the application does not listen"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.process.id().to_string()).join(file)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already if it was stopped.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The whole configuration: a release build on one core, quiet, and at once gone when told to stop.
fn environment(
    provider: &Provider,
    port: u16,
    url: &str,
    store: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("ROCKET_ADDRESS", "127.0.0.1".into()),
        ("ROCKET_PORT", port.to_string()),
        ("ROCKET_WORKERS", "1".into()),
        ("ROCKET_LOG_LEVEL", "off".into()),
        ("ROCKET_SECRET_KEY", SECRET_KEY.into()),
        ("ROCKET_SHUTDOWN", "{grace=1,mercy=1}".into()),
        ("LOGTO_ENDPOINT", provider.endpoint.clone()),
        ("LOGTO_APP_ID", Provider::APP_ID.into()),
        ("LOGTO_APP_SECRET", Provider::APP_SECRET.into()),
        ("LOGTO_BASE_URL", url.into()),
        ("LOGTO_WEBHOOK__SIGNING_KEYS", SIGNING_KEY.into()),
        ("LOGTO_SESSION__STORE", store.into()),
        // The port would be part of it, and each server has another.
        ("LOGTO_SESSION__COOKIE", "logto-session".into()),
    ]
}
