//! A test that runs once more, in a process and an environment of its own.

use std::env;
use std::process::Command;

/// Runs a test of this binary, alone, with these variables added to the environment. Returns what it printed.
///
/// The name is that of the function with the path of its module: `concat!(module_path!(), "::name")`.
///
/// # Panics
///
/// If there is no such test, or it fails.
pub fn run_again(test: &str, variables: &[(&str, &str)]) -> String {
    // The harness leaves out the name of the crate.
    let (_, test) = test.split_once("::").expect("the path of a module");
    let mut command = Command::new(env::current_exe().expect("the binary of this test"));
    command.args(["--exact", test, "--nocapture"]).envs(variables.iter().copied());
    let output = command.output().expect("the binary runs again");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let passed = output.status.success() && printed.contains("test result: ok. 1 passed");
    assert!(passed, "{test}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    printed
}
