//! [`Site`]: the relying party as a process of its own.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rocket::tokio::time::{Instant, sleep};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::environment::Environment;
use crate::plan::Plan;

/// How long it may take to start.
const LONGEST_START: Duration = Duration::from_secs(60);

const APP_ID: &str = "logto-rocket";

/// The suite may sign by it, so that it is as long as HS512 wants it.
const APP_SECRET: &str =
    "a-secret-that-only-the-suite-and-the-relying-party-of-a-test-know-0123456789";

/// The relying party, which ends with this value.
pub struct Site {
    process: Child,
    log: PathBuf,
}

/// What the suite is told of the relying party.
pub fn configuration(environment: &Environment) -> Value {
    let page = |path| environment.page(path);
    json!({
        "alias": "logto-rocket",
        "description": "logto-rocket",
        "waitTimeoutSeconds": 5,
        "client": {
            "client_id": APP_ID,
            "client_secret": APP_SECRET,
            "redirect_uri": page("/auth/sign-in-callback"),
            "initiate_login_uri": page("/auth/sign-in"),
            "post_logout_redirect_uri": page("/auth/sign-out-callback"),
            "backchannel_logout_uri": page("/auth/backchannel-logout"),
        },
    })
}

impl Site {
    /// Starts it for an issuer, and waits until it serves. What it logs is in a file named after the module.
    pub async fn start(
        environment: &Environment,
        plan: &Plan,
        module: &str,
        issuer: &str,
    ) -> Result<Self, String> {
        let (log, path) = log_file(module)?;
        let errors = log.try_clone().map_err(|why| why.to_string())?;
        let (certificate, key) = (environment.certificate.display(), environment.key.display());
        let port = environment.site.port_or_known_default().unwrap_or(443);
        let authority = environment.authority.iter();
        let process = Command::new(binary()?)
            .env_clear()
            .env("ROCKET_PORT", port.to_string())
            .env("ROCKET_ADDRESS", if is_local(environment) { "127.0.0.1" } else { "0.0.0.0" })
            .env("ROCKET_TLS", format!("{{certs=\"{certificate}\",key=\"{key}\"}}"))
            .env("ROCKET_LOG_LEVEL", "debug")
            .env("ROCKET_CLI_COLORS", "false")
            // Its token request with a code that is none would be one too many for the suite.
            .env("LOGTO_DIAGNOSE", "false")
            .env("LOGTO_ISSUER", issuer)
            .env("LOGTO_APP_ID", APP_ID)
            .env("LOGTO_APP_SECRET", APP_SECRET)
            .env("LOGTO_BASE_URL", environment.page(""))
            .env("LOGTO_SCOPES", "email,phone,address")
            .envs(authority.map(|path| ("LOGTO_CA_CERTIFICATES", path)))
            .envs(plan.settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|why| format!("the relying party cannot be started: {why}"))?;
        let mut site = Self { process, log: path };
        let begun = Instant::now();
        while begun.elapsed() < LONGEST_START {
            if let Ok(Some(status)) = site.process.try_wait() {
                return Err(format!(
                    "the relying party ended with {status}; see {}",
                    site.log.display()
                ));
            }
            if Browser::new(environment)?.who().await.is_ok() {
                return Ok(site);
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("the relying party does not serve; see {}", site.log.display()))
    }

    /// Checks that it has logged these words.
    pub fn said(&self, words: &str) -> Result<(), String> {
        let log = fs::read_to_string(&self.log)
            .map_err(|why| format!("{}: {why}", self.log.display()))?;
        let has = log.contains(words);
        if has {
            Ok(())
        } else {
            Err(format!("the log does not say \"{words}\"; see {}", self.log.display()))
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // Only fails if it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether only this machine can reach the site.
fn is_local(environment: &Environment) -> bool {
    environment.site.host_str() == Some("localhost")
}

/// The binary of the relying party, which is built beside this one.
fn binary() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|why| why.to_string())?;
    let path = own.with_file_name("relying-party");
    let missing = "is not built: `cargo build -p logto-rocket-conformance`";
    if path.is_file() { Ok(path) } else { Err(format!("{} {missing}", path.display())) }
}

fn log_file(module: &str) -> Result<(File, PathBuf), String> {
    let directory = std::env::temp_dir().join("logto-rocket-conformance");
    let path = directory.join(format!("{module}.log"));
    let made = fs::create_dir_all(&directory).and_then(|()| File::create(&path));
    made.map(|file| (file, path)).map_err(|why| format!("no log can be written: {why}"))
}
