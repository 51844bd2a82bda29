//! What the example says when it cannot launch.

use std::process::Command;

#[test]
fn outside_the_debug_profile_it_wants_a_logto_and_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_hello"))
        .env_clear()
        .envs([("ROCKET_PROFILE", "release"), ("ROCKET_CLI_COLORS", "false")])
        .output()
        .expect("it starts");
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let said = said.concat();
    assert!(!output.status.success(), "{said}");
    for words in ["No LOGTO_ENDPOINT is set, and the test provider", "logto.endpoint", "is missing"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
}
