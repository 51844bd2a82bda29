//! The example as its users start it, without a Logto.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use logto_rocket_tests::prerequisites;

/// The example in a build directory of its own, so that another one that runs does not matter.
fn linked(test: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("api-example-{test}"));
    fs::create_dir_all(&directory).expect("a directory");
    fs::write(directory.join(".cargo-lock"), "").expect("a file");
    fs::remove_file(directory.join("api.logto-dev.json")).ok();
    let program = directory.join("api");
    fs::remove_file(&program).ok();
    // A copy is open for writing while other tests start processes, which hold it then; Linux starts no such file.
    fs::hard_link(env!("CARGO_BIN_EXE_api"), &program).expect("a link");
    program
}

/// A running example, and what it printed until it listened.
struct Api {
    child: Child,
    printed: String,
}

impl Api {
    fn start(program: &Path) -> Self {
        Self::start_at("0", program)
    }

    fn start_at(port: &str, program: &Path) -> Self {
        let mut child = Command::new(program)
            .env_clear()
            .envs([("ROCKET_PORT", port), ("ROCKET_CLI_COLORS", "false")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut printed = String::new();
        while !printed.contains("Rocket has launched") {
            let read = stdout.read_line(&mut printed).expect("it prints text");
            assert_ne!(read, 0, "it ended before it listened:\n{printed}");
        }
        // It would stop at a full pipe.
        thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        Self { child, printed }
    }

    /// The line that begins so.
    fn line(&self, beginning: &str) -> &str {
        let mut lines =
            self.printed.lines().map(|line| line.trim_start().trim_start_matches(">> "));
        lines.find(|line| line.starts_with(beginning)).expect("such a line")
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What lines print that are typed into a shell.
fn typed(lines: &str) -> String {
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", lines]).env("no_proxy", "*").output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_lines_that_it_prints_work_and_a_token_outlives_a_restart() {
    if prerequisites::program("curl").is_none() {
        return;
    }
    let program = linked("restart");
    let api = Api::start(&program);
    let (get_token, call) = (api.line("token=$("), api.line("curl -H "));
    let token = typed(&format!("{get_token}; echo $token"));
    let answer = typed(&format!("token={token}; {call}"));
    assert!(answer.starts_with(r#"{"client_id":"dev-machine","orders":[]"#), "{answer}");

    let issuer = api.line("issuer: ").to_owned();
    drop(api);
    let api = Api::start(&program);
    assert_eq!(api.line("issuer: "), issuer);
    let again = typed(&format!("token={token}; {}", api.line("curl -H ")));
    assert_eq!(again, answer);
}

#[test]
fn the_commands_of_the_readme_print_what_it_says() {
    if prerequisites::program("curl").is_none() {
        return;
    }
    let api = Api::start(&linked("readme"));
    let logto = api.line("issuer: ").trim_start_matches("issuer: ").trim_end_matches("/oidc");
    let site = api.line("curl -H ").rsplit(' ').next().expect("a URL").replace("/orders", "");
    let readme = include_str!("../README.md");
    let blocks = readme.split("```console\n").skip(1).filter_map(|it| it.split("```").next());
    let mut tried = 0;
    for block in blocks.filter(|it| it.contains("$LOGTO/")) {
        let (commands, answer) = block.trim().rsplit_once('\n').expect("commands and an answer");
        let commands = commands.replace("\n$ ", "\n").replace("http://127.0.0.1:8000", &site);
        let commands = commands.trim_start_matches("$ ");
        assert_eq!(typed(&format!("LOGTO={logto}\n{commands}")), answer, "{commands}");
        tried += 1;
    }
    assert_eq!(tried, 3);
}

#[test]
fn the_provider_leaves_the_port_of_the_api_to_it() {
    let program = linked("port");
    let api = Api::start(&program);
    let issuer = api.line("issuer: ").to_owned();
    drop(api);
    let port = issuer.trim_end_matches("/oidc").rsplit(':').next().expect("a port");
    let api = Api::start_at(port, &program);
    assert_ne!(api.line("issuer: "), issuer);
}

#[test]
fn outside_the_debug_profile_it_wants_a_logto_and_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_api"))
        .env_clear()
        .envs([("ROCKET_PROFILE", "release"), ("ROCKET_CLI_COLORS", "false")])
        .output()
        .expect("it starts");
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let said = said.concat();
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("logto.endpoint") && said.contains("is missing"), "{said}");
}
