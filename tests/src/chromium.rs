//! [`Chromium`]: a real browser.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::node;
use crate::prerequisites::{available, directory, missing_node, on_path};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The machine's own browser, driven by the scripts in `tests/browser`.
#[derive(Debug)]
pub struct Chromium {
    directory: PathBuf,
}

/// A browser for all tests of a process; its start takes longer than most of them. It ends with the
/// process, whose end of a pipe it waits for.
struct Shared {
    address: String,
    _process: Child,
}

impl Chromium {
    /// The browser; `None` if this machine has none and need not have one.
    ///
    /// # Panics
    ///
    /// If there is none although there must be (see [`required`](crate::prerequisites::required)).
    pub fn find() -> Option<Self> {
        let directory = directory("browser");
        let missing = missing_node(&directory, "playwright-core").or_else(|| {
            let found = NAMES.iter().any(|name| on_path(name));
            (!found).then(|| format!("none of {} is on PATH", NAMES.join(", ")))
        });
        available(missing)?;
        Some(Self { directory })
    }

    /// Where the packages are that pages of tests load.
    pub fn packages(&self) -> PathBuf {
        self.directory.join("node_modules")
    }

    /// Runs a script, such as `sign_in.mjs`, to its end with these variables added to the environment. Its
    /// visitors share a browser with those of other tests, and nothing else. Returns what it printed.
    ///
    /// # Errors
    ///
    /// What it printed, if it failed or could not be started.
    pub fn run(&self, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
        static SHARED: OnceLock<Shared> = OnceLock::new();
        let shared = SHARED.get_or_init(|| self.share());
        node::run(&self.directory, script, &[env, &[("BROWSER", &shared.address)]].concat())
    }

    /// The same in a browser of its own, which sees this environment.
    ///
    /// # Errors
    ///
    /// What it printed, if it failed or could not be started.
    pub fn run_alone(&self, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
        node::run(&self.directory, script, env)
    }

    fn share(&self) -> Shared {
        let mut command = Command::new("node");
        command.arg("serve.mjs").current_dir(&self.directory);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node starts");
        Shared { address: node::listening(&mut process), _process: process }
    }
}
