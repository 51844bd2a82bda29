//! What each error says.

use std::env;
use std::io::{self, Write};
use std::process::Command;

/// The compiler that the `.stderr` files were written with: others word and wrap their errors differently.
const PINNED: &str = include_str!("rustc-version").trim_ascii();

#[test]
fn errors_name_their_remedy() {
    if is_pinned() {
        let cases = trybuild::TestCases::new();
        cases.compile_fail("tests/ui/fail/*.rs");
    }
}

/// Whether this is the pinned compiler. Otherwise the test is skipped by name; with `CI=true` it fails.
fn is_pinned() -> bool {
    let version = version();
    if version == PINNED {
        return true;
    }
    let message = format!(
        "errors_name_their_remedy: the messages are those of rustc {PINNED}, and this is {version}; \
         `cargo +{PINNED} test` compares them"
    );
    assert!(!env::var("CI").is_ok_and(|value| value == "true"), "{message}");
    // The test harness swallows what `eprintln!` prints in a test that passes.
    let _ = io::stderr().write_all(format!("skipped {message}\n").as_bytes());
    false
}

/// The version of the compiler, as `1.95.0`.
fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("the compiler starts");
    let text = String::from_utf8(output.stdout).expect("its version is text");
    text.split(' ').nth(1).expect("its name and its version").to_owned()
}
