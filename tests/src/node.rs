//! Scripts that run on Node.js.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a script in its directory to its end, with these variables added to the environment. Returns what it printed.
///
/// # Errors
///
/// What it printed, if it failed or could not be started.
pub(crate) fn run(directory: &Path, script: &str, env: &[(&str, &str)]) -> Result<String, String> {
    let output = Command::new("node")
        .arg(script)
        .current_dir(directory)
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
