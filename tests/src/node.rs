//! Scripts that run on Node.js.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

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

/// The address that a server prints when it listens.
///
/// # Panics
///
/// If it prints something else, or ends.
pub(crate) fn listening(server: &mut Child) -> String {
    let stdout = server.stdout.take().expect("stdout is piped");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("stdout is text");
    match line.trim_end().strip_prefix("listening ") {
        Some(address) => address.to_owned(),
        None => panic!("a server printed {line:?} instead of its address"),
    }
}
