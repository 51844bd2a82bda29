//! Programs that some tests need: Node.js, a browser, Redis, `PostgreSQL`.
//!
//! They are optional. Where one is missing, the test that asked is skipped and says so by name; where the environment
//! says `CI=true` it fails instead.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

/// Whether a missing program is a failure: the environment says `CI=true`.
pub fn required() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}

/// `Some` if there is a program of this name. Otherwise the running test is skipped by name, or fails.
///
/// # Panics
///
/// If it is missing, with `CI=true`.
pub fn program(name: &str) -> Option<()> {
    available((!on_path(name)).then(|| format!("{name} is not on PATH")))
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

/// Whether there is a program of this name.
pub(crate) fn on_path(name: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(name).is_file()))
}

/// What is missing of Node.js and of a package that is installed in one of our directories.
pub(crate) fn missing_node(directory: &Path, package: &str) -> Option<String> {
    if !on_path("node") {
        return Some("node is not on PATH".into());
    }
    let installed = directory.join("node_modules").join(package).is_dir();
    (!installed).then(|| format!("`npm ci` has not been run in {}", directory.display()))
}

/// A directory beside the sources of the tests.
pub(crate) fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
