//! [`Redis`]: a real Redis, to be stopped, paused and filled.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::certificates;
use crate::prerequisites::{available, on_path};
use crate::server::free_port;
use crate::wait::WATCHDOG;

/// Runs Redis until its own standard input ends, which it does with this process at the latest. What Redis prints comes
/// after its process id; the shell closes its own end, so that nothing more comes when Redis has ended.
const SHELL: &str =
    r#"redis-server "$@" 2>&1 & echo $!; exec >&-; read -r _; kill -9 $! 2>/dev/null"#;

/// What Redis prints when it listens, and what a Sentinel prints.
const LISTENS: &str = "Ready to accept connections";
const WATCHES: &str = "Sentinel ID is";

/// A Redis on a free port of 127.0.0.1 that keeps nothing on disk. It ends when this is dropped, or
/// with this process. Where `redis-server` is missing, the test that asks is skipped by name; with
/// `CI=true` it fails instead.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    tls_port: Option<u16>,
    directory: PathBuf,
    options: Vec<String>,
    is_sentinel: bool,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    shell: Child,
    pid: String,
}

impl Redis {
    /// Starts one with options as on its command line, such as `["--maxmemory", "8mb"]`.
    ///
    /// # Panics
    ///
    /// If it does not start, or is missing where it must not be.
    pub fn start(options: &[&str]) -> Option<Self> {
        available((!on_path("redis-server")).then(|| "redis-server is not on PATH".into()))?;
        let port = free_port();
        let directory = directory(port);
        let options = options.iter().map(ToString::to_string).collect();
        let mut redis =
            Self { port, tls_port: None, directory, options, is_sentinel: false, running: None };
        redis.launch();
        Some(redis)
    }

    /// Starts one that also speaks TLS, with a certificate for 127.0.0.1 of an authority of its own:
    /// [`authority()`](Redis::authority). `openssl` makes them.
    ///
    /// # Panics
    ///
    /// If it does not start, or something is missing where it must not be.
    pub fn start_tls() -> Option<Self> {
        let missing = ["redis-server", "openssl"].into_iter().find(|program| !on_path(program));
        available(missing.map(|program| format!("{program} is not on PATH")))?;
        let (port, tls_port) = (free_port(), free_port());
        let directory = directory(port);
        certificates::make_in(&directory);
        let tls_port_text = tls_port.to_string();
        let options = [
            ["--tls-port", tls_port_text.as_str()],
            ["--tls-cert-file", "server.pem"],
            ["--tls-key-file", "server.key"],
            ["--tls-ca-cert-file", "ca.pem"],
            ["--tls-auth-clients", "no"],
        ];
        let options = options.as_flattened().iter().map(ToString::to_string).collect();
        let tls_port = Some(tls_port);
        let mut redis =
            Self { port, tls_port, directory, options, is_sentinel: false, running: None };
        redis.launch();
        Some(redis)
    }

    /// Starts a Sentinel that watches a primary, which it calls by this name, with more lines for its
    /// configuration. It takes two to agree.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start_sentinel(name: &str, primary: &Self, more: &str) -> Self {
        let port = free_port();
        let directory = directory(port);
        let config = format!(
            "sentinel monitor {name} 127.0.0.1 {} 2\nsentinel down-after-milliseconds {name} 1000\n\
             sentinel failover-timeout {name} 4000\n{more}",
            primary.port
        );
        fs::write(directory.join("sentinel.conf"), config).expect("a file");
        let options = ["sentinel.conf", "--sentinel"].map(ToOwned::to_owned).into();
        let mut sentinel =
            Self { port, tls_port: None, directory, options, is_sentinel: true, running: None };
        sentinel.launch();
        sentinel
    }

    /// `127.0.0.1:<port>`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `redis://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// `rediss://127.0.0.1:<port>`, if it speaks TLS.
    pub fn tls_url(&self) -> Option<String> {
        self.tls_port.map(|port| format!("rediss://127.0.0.1:{port}"))
    }

    /// The PEM file of the authority that vouches for a Redis with TLS.
    pub fn authority(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// Kills it. What it kept is lost.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.shell.stdin.take());
            let _ = running.shell.wait();
        }
    }

    /// Starts it again, empty, on the same port, after [`stop()`](Redis::stop) or instead of it.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn restart(&mut self) {
        self.stop();
        self.launch();
    }

    /// Starts it again as a replica of another, after [`stop()`](Redis::stop).
    pub(crate) fn restart_as_replica_of(&mut self, primary: &str) {
        if let Some(at) = self.options.iter().position(|option| option == "--replicaof") {
            self.options.drain(at..at + 3);
        }
        let (host, port) = primary.split_once(':').expect("host and port");
        self.options.extend(["--replicaof", host, port].map(ToOwned::to_owned));
        self.restart();
    }

    /// Stops it from doing anything, as a machine that hangs. Connections stay open.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets it go on after [`pause()`](Redis::pause).
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Deletes all that it keeps.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub fn flush(&self) {
        assert_eq!(self.ask("FLUSHALL"), "+OK");
    }

    /// The first line of its answer to a command in one line, such as `SET a b`.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub fn ask(&self, command: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(format!("{command}\r\n").as_bytes()).expect("Redis listens");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("Redis answers");
        line.trim_end().to_owned()
    }

    /// This many lines of its answer to a command in one line.
    pub(crate) fn ask_lines(&self, command: &str, count: usize) -> Vec<String> {
        let mut stream = self.connect();
        stream.write_all(format!("{command}\r\n").as_bytes()).expect("Redis listens");
        let lines = BufReader::new(stream).lines().take(count);
        lines.map(|line| line.expect("Redis answers")).collect()
    }

    /// Whether it was started and not stopped.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Its whole answer to a command in one line that is answered by one text, such as `INFO`.
    ///
    /// # Panics
    ///
    /// If it does not answer so.
    pub fn ask_all(&self, command: &str) -> String {
        self.try_ask_all(command).expect("Redis answers")
    }

    /// The same, or none of a Redis that closes its connections, as it does when it becomes a replica.
    pub(crate) fn try_ask_all(&self, command: &str) -> io::Result<String> {
        let mut stream = self.connect();
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut length = String::new();
        reader.read_line(&mut length)?;
        let length = length.trim_end().strip_prefix('$').and_then(|length| length.parse().ok());
        let length = length.ok_or_else(|| io::Error::other("no text"))?;
        let mut text = String::new();
        reader.take(length).read_to_string(&mut text)?;
        Ok(text)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(WATCHDOG)).expect("a timeout");
        stream
    }

    fn launch(&mut self) {
        let port = self.port.to_string();
        let keeps_nothing: &[_] =
            if self.is_sentinel { &[] } else { &["--save", "", "--appendonly", "no"] };
        // The file of a Sentinel comes first, options that stand for others last.
        let (first, last) = self.options.split_at(usize::from(self.is_sentinel));
        let mut shell = Command::new("sh")
            .args(["-c", SHELL, "sh"])
            .args(first)
            .args(["--port", &port, "--bind", "127.0.0.1"])
            .args(keeps_nothing)
            .args(last)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut printed = BufReader::new(shell.stdout.take().expect("stdout is piped"));
        let mut pid = String::new();
        printed.read_line(&mut pid).expect("the id of a process");
        // A line of Redis, which begins with its id as well, may come first.
        let pid = pid.split(|char: char| !char.is_ascii_digit()).next().unwrap_or_default();
        self.running = Some(Running { shell, pid: pid.to_owned() });
        let mut log = String::new();
        let listens = if self.is_sentinel { WATCHES } else { LISTENS };
        while !log.contains(listens) {
            let read = printed.read_line(&mut log).expect("Redis prints text");
            assert_ne!(read, 0, "it ended before it listened:\n{log}");
        }
        // It would stop at a full pipe.
        thread::spawn(move || io::copy(&mut printed, &mut io::sink()));
    }

    fn signal(&self, name: &str) {
        let pid = &self.running.as_ref().expect("it runs").pid;
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status();
        assert!(sent.is_ok_and(|status| status.success()), "no signal to {pid}");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn directory(port: u16) -> PathBuf {
    let name = format!("logto-rocket-redis-{}-{port}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(&directory).expect("a directory");
    directory
}
