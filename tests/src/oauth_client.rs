//! [`OauthClient`]: a client of an API that others wrote.

use std::path::PathBuf;

use crate::node;
use crate::prerequisites::{available, directory, missing_node};

/// `oauth4webapi`, driven by the scripts in `tests/client`.
#[derive(Debug)]
pub struct OauthClient {
    directory: PathBuf,
}

impl OauthClient {
    /// The client; `None` if it is not installed on this machine and need not be.
    ///
    /// # Panics
    ///
    /// If it is not although it must be (see [`required`](crate::prerequisites::required)).
    pub fn find() -> Option<Self> {
        let directory = directory("client");
        available(missing_node(&directory, "oauth4webapi"))?;
        Some(Self { directory })
    }

    /// Runs a script, such as `discover.mjs`, to its end with these variables added to the environment. Returns what it
    /// printed.
    ///
    /// # Errors
    ///
    /// What it printed, if it failed or could not be started.
    pub fn run(&self, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
        node::run(&self.directory, script, env)
    }
}
