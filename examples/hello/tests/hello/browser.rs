//! The site in a real browser, with the test provider and with oidc-provider.
//!
//! Where Node.js or a browser is missing, these tests are skipped by name; with `CI=true` they fail.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::oidc_provider::{CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions};
use logto_rocket_tests::server::free_port;

/// Values of `return_to` that must not lead off the site.
const PAYLOADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/redirects.jsonl");

/// The example as its users start it; it ends when this is dropped.
struct Hello {
    child: Child,
    origin: String,
}

impl Hello {
    /// Starts it with nothing in its environment but this, and waits until it listens.
    fn start(env: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hello"))
            .env_clear()
            .envs(env.iter().copied())
            .env("ROCKET_CLI_COLORS", "false")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let port = port(&mut stdout);
        // It would stop at a full pipe.
        thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        Self { child, origin: format!("http://localhost:{port}") }
    }

    /// Starts it with its own provider.
    fn alone() -> Self {
        Self::start(&[("ROCKET_PORT", "0")])
    }

    /// Starts it with a provider that runs on Node.js, if this machine has that.
    fn with_provider() -> Option<(Self, Provider)> {
        let port = free_port().to_string();
        let base_url = format!("http://localhost:{port}");
        let options = ProviderOptions { base_url: base_url.clone(), ..ProviderOptions::default() };
        let provider = Provider::start(&options)?;
        let hello = Self::start(&[
            ("ROCKET_PORT", &port),
            ("LOGTO_ENDPOINT", provider.origin()),
            ("LOGTO_APP_ID", CLIENT_ID),
            ("LOGTO_APP_SECRET", CLIENT_SECRET),
            ("LOGTO_BASE_URL", &base_url),
        ]);
        Some((hello, provider))
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port that it says it listens on.
fn port(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut said = String::new();
    loop {
        let before = said.len();
        let read = stdout.read_line(&mut said).expect("it prints text");
        assert_ne!(read, 0, "it ended before it listened:\n{said}");
        if let Some((_, address)) = said[before..].split_once("launched from ") {
            let (_, port) = address.trim_end().rsplit_once(':').expect("an address with a port");
            return port.to_owned();
        }
    }
}

fn run(browser: &Chromium, script: &str, env: &[(&str, &str)]) {
    if let Err(report) = browser.run(script, env) {
        panic!("{report}");
    }
}

#[test]
fn users_sign_in_and_out_at_the_test_provider() {
    let Some(browser) = Chromium::find() else { return };
    let hello = Hello::alone();
    run(&browser, "sign_in.mjs", &[("APP", &hello.origin), ("PROVIDER", "idp")]);
}

#[test]
fn users_sign_in_and_out_at_oidc_provider() {
    let Some(browser) = Chromium::find() else { return };
    let Some((hello, _provider)) = Hello::with_provider() else { return };
    run(&browser, "sign_in.mjs", &[("APP", &hello.origin), ("PROVIDER", "oidc-provider")]);
}

#[test]
fn no_link_leads_a_browser_off_the_site() {
    let Some(browser) = Chromium::find() else { return };
    let Some((hello, _provider)) = Hello::with_provider() else { return };
    run(&browser, "redirects.mjs", &[("APP", &hello.origin), ("PAYLOADS", PAYLOADS)]);
}

#[test]
fn people_without_a_mouse_with_less_sight_on_a_phone_or_without_scripts_sign_in_and_out() {
    let Some(browser) = Chromium::find() else { return };
    let hello = Hello::alone();
    run(&browser, "everybody.mjs", &[("APP", &hello.origin)]);
}
