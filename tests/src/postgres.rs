//! [`Postgres`]: a real `PostgreSQL`.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::prerequisites::{available, on_path};
use crate::server::free_port;

/// Where Debian keeps its programs, in a directory for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The user that it runs as where this process is root's, as which it does not run.
const USER: &str = "postgres";

/// Runs it until its own standard input ends, which it does with this process at the latest, and removes what it
/// kept.
const SHELL: &str =
    r#""$@" 2>&1 & exec >&-; read -r _; kill -INT $! 2>/dev/null; wait $!; rm -rf "$DIRECTORY""#;

/// What it prints when it listens.
const LISTENS: &str = "database system is ready to accept connections";

/// A `PostgreSQL` on a free port of 127.0.0.1 that keeps its data in a directory of its own. It ends when this is
/// dropped, or with this process. Where its programs are missing, the test that asks is skipped by name; with
/// `CI=true` it fails instead.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    shell: Child,
}

impl Postgres {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it does not start, or is missing where it must not be.
    pub fn start() -> Option<Self> {
        let programs = programs();
        let missing = programs.is_none().then(|| "initdb and postgres are not installed".into());
        available(missing)?;
        let (programs, port) = (programs?, free_port());
        let name = format!("logto-rocket-postgres-{}-{port}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        let data = directory.join("data");
        if is_root() {
            let owner = Command::new("chown").arg(USER).arg(&directory).status();
            assert!(owner.is_ok_and(|status| status.success()), "there is no user {USER}");
        }
        let mut initdb = as_user(&programs.join("initdb"));
        let made = initdb.arg("--pgdata").arg(&data);
        let made = made.args(["--username", USER, "--auth", "trust", "--no-sync"]).output();
        let made = made.expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(Self { port, shell: launch(&programs, &directory, port) })
    }

    /// `postgres://postgres@127.0.0.1:<port>/postgres`.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn launch(programs: &Path, directory: &Path, port: u16) -> Child {
    let server = as_user(&programs.join("postgres"));
    let mut shell = Command::new("sh")
        .args(["-c", SHELL, "sh"])
        .arg(server.get_program())
        .args(server.get_args())
        .arg("-D")
        .arg(directory.join("data"))
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-F"])
        .env("DIRECTORY", directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut printed = BufReader::new(shell.stdout.take().expect("stdout is piped"));
    let mut log = String::new();
    while !log.contains(LISTENS) {
        let read = printed.read_line(&mut log).expect("it prints text");
        assert_ne!(read, 0, "it ended before it listened:\n{log}");
    }
    // It would stop at a full pipe.
    thread::spawn(move || io::copy(&mut printed, &mut io::sink()));
    shell
}

/// The directory of its programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = fs::read_dir(DEBIAN)
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let of_debian = versions.into_iter().rfind(|bin| bin.join("initdb").is_file());
    of_debian.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|directory| directory.join("initdb").is_file())
    })
}

/// A program that runs as another user than root.
fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    assert!(on_path("setpriv"), "setpriv is not on PATH");
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}
