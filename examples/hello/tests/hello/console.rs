//! What the console shows after the first `cargo run`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;

/// How many are started at once, so that they delay each other.
const STARTS: usize = 32;

#[test]
fn where_the_test_provider_listens_is_not_taken_for_the_site() {
    let starts: Vec<_> = (0..STARTS).map(|_| thread::spawn(said_until_launched)).collect();
    for start in starts {
        let said = start.join().expect("it starts");
        assert!(said.contains("redirect URI to register"), "{said}");
    }
}

/// The output up to the first line that names an address.
fn said_until_launched() -> String {
    let mut hello = Command::new(env!("CARGO_BIN_EXE_hello"))
        .env_clear()
        .env("ROCKET_PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = BufReader::new(hello.stdout.take().expect("stdout is piped"));
    let mut said = String::new();
    while !said.contains("launched from") {
        assert_ne!(stdout.read_line(&mut said).expect("it prints text"), 0, "it ended:\n{said}");
    }
    hello.kill().expect("it still runs");
    hello.wait().expect("it has ended");
    said
}
