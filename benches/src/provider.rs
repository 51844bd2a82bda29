//! [`Provider`]: the test provider in a debug process of its own, for it refuses to run in any other.

use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use logto_rocket::Resource;
use url::form_urlencoded;

use crate::browser::Browser;
use crate::site::Orders;

/// A running test provider. It ends when this is dropped.
pub struct Provider {
    process: Child,
    /// What goes into the configuration as `endpoint`.
    pub endpoint: String,
}

impl Provider {
    /// The id of its application.
    pub const APP_ID: &str = "test_app";

    /// The secret of its application.
    pub const APP_SECRET: &str = "test_secret";

    /// The id of its machine-to-machine application.
    pub const MACHINE_ID: &str = "test_machine";

    /// The secret of its machine-to-machine application.
    pub const MACHINE_SECRET: &str = "machine_secret";

    /// The user name of somebody who has filled in a good part of the profile.
    pub const USER: &str = "carol";

    /// Starts it.
    ///
    /// # Errors
    ///
    /// If it has not been built in the debug profile, or does not start.
    pub fn start() -> io::Result<Self> {
        Self::launch(Duration::ZERO, "ES384")
    }

    /// Starts one that signs with `ES384` or `RS256`.
    ///
    /// # Errors
    ///
    /// If it has not been built in the debug profile, or does not start.
    pub fn start_signing(algorithm: &str) -> io::Result<Self> {
        Self::launch(Duration::ZERO, algorithm)
    }

    /// Starts one whose token endpoint takes so much longer.
    ///
    /// # Errors
    ///
    /// If it has not been built in the debug profile, or does not start.
    pub fn start_slow(delay: Duration) -> io::Result<Self> {
        Self::launch(delay, "ES384")
    }

    /// Access tokens of its machine-to-machine application for the API resource of the site, no two of
    /// them the same.
    ///
    /// # Errors
    ///
    /// If it does not issue them.
    pub fn access_tokens(&self, count: usize) -> io::Result<Vec<String>> {
        let mut browser = Browser::default();
        let url = format!("{}/oidc/token", self.endpoint);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", Self::MACHINE_ID)
            .append_pair("client_secret", Self::MACHINE_SECRET)
            .append_pair("resource", Orders::URI)
            .append_pair("scope", "read:orders")
            .finish();
        let token = |_| {
            let answer = browser.post(&url, "application/x-www-form-urlencoded", &form)?;
            let tokens: serde_json::Value = serde_json::from_str(&answer.body)?;
            let token = tokens["access_token"].as_str().map(ToOwned::to_owned);
            token.ok_or_else(|| answer.unexpected())
        };
        (0..count).map(token).collect()
    }

    fn launch(delay: Duration, algorithm: &str) -> io::Result<Self> {
        let mut program = Command::new(built("debug", "idp")?);
        program.arg(delay.as_millis().to_string()).arg(algorithm);
        let mut process = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut endpoint = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut endpoint)?;
        }
        Ok(Self { process, endpoint: endpoint.trim_end().to_owned() })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // Nothing can be done here about a process that does not end.
        self.process.wait().ok();
    }
}

/// A program of this package, as it was built in a profile.
///
/// # Errors
///
/// If it was not built; the error says how to.
pub fn built(profile: &str, name: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().find(|path| path.ends_with("release") || path.ends_with("debug"));
    let target = target.and_then(std::path::Path::parent);
    let program = target.map(|target| target.join(profile).join(name)).unwrap_or_default();
    if program.is_file() {
        return Ok(program);
    }
    let flag = if profile == "release" { " --release" } else { "" };
    let command = format!("cargo build{flag} -p logto-rocket-benches --bin {name}");
    Err(io::Error::other(format!("{} is missing: run `{command}`", program.display())))
}
