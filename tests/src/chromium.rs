//! [`Chromium`]: a real browser.

use std::path::PathBuf;

use crate::node;
use crate::prerequisites::{available, directory, missing_node, on_path};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The machine's own browser, driven by the scripts in `tests/browser`.
#[derive(Debug)]
pub struct Chromium {
    directory: PathBuf,
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

    /// Runs a script, such as `sign_in.mjs`, to its end with these variables added to the environment. Returns what it
    /// printed.
    ///
    /// # Errors
    ///
    /// What it printed, if it failed or could not be started.
    pub fn run(&self, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
        node::run(&self.directory, script, env)
    }
}
