//! The real counterparts that run on Node.js: an OIDC provider like Logto, and a browser.
//!
//! They are optional. Where Node.js, an `npm ci` or the browser is missing, the test that asked is skipped and says so by
//! name; where the environment says `CI=true` it fails instead.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// The application id that [`Provider`] knows.
pub const CLIENT_ID: &str = "test-app";

/// The secret of that application.
pub const CLIENT_SECRET: &str = "test-secret";

/// The machine-to-machine application that [`Provider`] knows besides; it has all scopes.
pub const MACHINE_ID: &str = "test-machine";

/// The secret of that application.
pub const MACHINE_SECRET: &str = "machine-secret";

/// The organization that `alice` owns at [`Provider`]; its permissions are `read:invoices` and `write:invoices`.
pub const ORGANIZATION: &str = "acme00000001";

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// How a [`Provider`] is set up.
#[derive(Debug, Clone)]
pub struct ProviderOptions {
    /// The origin of the application, whose addresses under `/auth` are registered; no slash at the end.
    pub base_url: String,
    /// Rotates refresh tokens at each use. Otherwise they change late in their life, as Logto does it for web applications.
    pub rotate: bool,
    /// For how long a rotated refresh token still works. After it, using the token again ends the grant.
    pub reuse_grace: Duration,
    /// Tells the application at `/auth/backchannel-logout` when a session ends, and puts `sid` into ID tokens.
    pub backchannel_logout: bool,
    /// Asks again who is signed in already, if the application wants that. Otherwise it answers as if nobody had asked.
    pub step_up: bool,
    /// API resources, each with its scopes, separated by spaces. An admin has all of them, everybody else none.
    pub resources: Vec<(String, String)>,
}

impl Default for ProviderOptions {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8000".into(),
            rotate: false,
            reuse_grace: Duration::from_secs(3),
            backchannel_logout: false,
            step_up: true,
            resources: vec![(
                "https://orders.example.test".into(),
                "read:orders write:orders".into(),
            )],
        }
    }
}

/// An OIDC provider on 127.0.0.1, built on the engine of Logto. It ends when this is dropped, or with this process.
///
/// `alice` is an admin with a full profile and [`ORGANIZATION`]; `bob` has a user name and nothing else.
/// `GET {origin}/_counts` tells what it served, `POST {origin}/_users/alice` with `{"suspended": true}` or `{"roles": []}`
/// changes a user.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    origin: String,
}

impl Provider {
    /// Starts a provider on a free port and waits until it listens; `None` if this machine cannot and need not.
    ///
    /// # Panics
    ///
    /// If it cannot be started although it must (see [`required`]), or ends before it listens.
    pub fn start(options: &ProviderOptions) -> Option<Self> {
        let directory = directory("provider");
        available(missing_node(&directory, "oidc-provider"))?;
        let ProviderOptions {
            base_url,
            rotate,
            reuse_grace,
            backchannel_logout,
            step_up,
            resources,
        } = options;
        let mut command = Command::new("node");
        command
            .arg("provider.mjs")
            .current_dir(&directory)
            .env("PORT", "0")
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .env("MACHINE_ID", MACHINE_ID)
            .env("MACHINE_SECRET", MACHINE_SECRET)
            .env("REDIRECT_URI", format!("{base_url}/auth/sign-in-callback"))
            .env("POST_LOGOUT_REDIRECT_URI", format!("{base_url}/auth/sign-out-callback"))
            .env("ROTATE", if *rotate { "1" } else { "0" })
            .env("STEP_UP", if *step_up { "1" } else { "0" })
            .env("REUSE_GRACE", reuse_grace.as_millis().to_string())
            .env("RESOURCES", json_object(resources))
            .env_remove("BACKCHANNEL_LOGOUT_URI")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if *backchannel_logout {
            command.env("BACKCHANNEL_LOGOUT_URI", format!("{base_url}/auth/backchannel-logout"));
        }
        let mut child = command.spawn().expect("node starts");
        let origin = listening(&mut child);
        Some(Self { child, origin })
    }

    /// `http://127.0.0.1:<port>`: what Logto calls the endpoint.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The issuer, as discovery names it.
    pub fn issuer(&self) -> String {
        format!("{}/oidc", self.origin)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // The wait closes its stdin first, at which it ends by itself.
        let _ = self.child.wait();
    }
}

/// The machine's own browser, driven by the scripts in `tests/browser`.
#[derive(Debug)]
pub struct Browser {
    directory: PathBuf,
}

impl Browser {
    /// The browser; `None` if this machine has none and need not have one.
    ///
    /// # Panics
    ///
    /// If there is none although there must be (see [`required`]).
    pub fn find() -> Option<Self> {
        let directory = directory("browser");
        let missing = missing_node(&directory, "playwright-core").or_else(|| {
            let found = BROWSERS.iter().any(|name| on_path(name));
            (!found).then(|| format!("none of {} is on PATH", BROWSERS.join(", ")))
        });
        available(missing)?;
        Some(Self { directory })
    }

    /// Runs a script, such as `sign_in.mjs`, to its end with these variables added to the environment. Returns what it
    /// printed.
    ///
    /// # Errors
    ///
    /// What it printed, if it failed or could not be started.
    pub fn run(&self, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
        let output = Command::new("node")
            .arg(script)
            .current_dir(&self.directory)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("node could not be started: {error}"))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(format!("{script} ended with {}\n{stdout}{stderr}", output.status))
    }
}

/// Whether a missing counterpart is a failure: the environment says `CI=true`.
pub fn required() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}

/// A port of 127.0.0.1 that nobody listened on a moment ago, for an application that a browser visits.
///
/// # Panics
///
/// If there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn missing_node(directory: &Path, package: &str) -> Option<String> {
    if !on_path("node") {
        return Some("node is not on PATH".into());
    }
    let installed = directory.join("node_modules").join(package).is_dir();
    (!installed).then(|| format!("`npm ci` has not been run in {}", directory.display()))
}

pub(crate) fn on_path(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(name).is_file()))
}

/// `Some` if nothing is missing. Otherwise the running test is skipped by name, or fails.
pub(crate) fn available(missing: Option<String>) -> Option<()> {
    let Some(missing) = missing else { return Some(()) };
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(!required(), "{test} must not be skipped with CI=true: {missing}");
    // The test harness swallows what `eprintln!` prints in a test that passes. One write keeps the line whole.
    let _ = io::stderr().write_all(format!("skipped {test}: {missing}\n").as_bytes());
    None
}

fn listening(child: &mut Child) -> String {
    let stdout = child.stdout.take().expect("stdout is piped");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("stdout is text");
    match line.trim_end().strip_prefix("listening ") {
        Some(origin) => origin.to_owned(),
        None => panic!("the provider printed {line:?} instead of its address"),
    }
}

/// The pairs as a JSON object; Rust's escapes for plain ASCII text are JSON's.
fn json_object(pairs: &[(String, String)]) -> String {
    let members: Vec<_> = pairs.iter().map(|(name, value)| format!("{name:?}:{value:?}")).collect();
    format!("{{{}}}", members.join(","))
}
