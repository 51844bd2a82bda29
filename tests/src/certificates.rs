//! [`Certificates`]: an authority that nobody knows, and a certificate of it for this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::prerequisites::{available, on_path};
use crate::server::free_port;

/// An authority of a test's own, and a certificate of it for `localhost` and 127.0.0.1, as PEM files. `openssl`
/// makes them. They go when this is dropped.
#[derive(Debug)]
pub struct Certificates {
    directory: PathBuf,
}

impl Certificates {
    /// Makes them; `None` if this machine cannot and need not.
    ///
    /// # Panics
    ///
    /// If `openssl` fails, or is missing where it must not be.
    pub fn make() -> Option<Self> {
        available((!on_path("openssl")).then(|| "openssl is not on PATH".into()))?;
        // A port that no other test has is a name that no other test has.
        let name = format!("certificates-{}-{}", std::process::id(), free_port());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).expect("a directory");
        make_in(&directory);
        Some(Self { directory })
    }

    /// The certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The certificate of the server.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join("server.pem")
    }

    /// The private key of the server.
    pub fn key(&self) -> PathBuf {
        self.directory.join("server.key")
    }

    /// A home directory in which a browser trusts the authority. `certutil` makes it; `None` if this machine has
    /// none and need not have one.
    ///
    /// # Panics
    ///
    /// If `certutil` fails, or is missing where it must not be.
    pub fn trusting_home(&self) -> Option<PathBuf> {
        available((!on_path("certutil")).then(|| "certutil is not on PATH".into()))?;
        let database = self.directory.join(".pki/nssdb");
        fs::create_dir_all(&database).expect("a directory");
        let place = format!("sql:{}", database.display());
        let [create, trust] = [
            vec!["-N", "--empty-password"],
            vec!["-A", "-n", "the tests", "-t", "C,,", "-i", "ca.pem"],
        ];
        for arguments in [create, trust] {
            run(&self.directory, "certutil", &[&["-d", &place], &arguments[..]].concat());
        }
        Some(self.directory.clone())
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// An authority (`ca.pem`), and a certificate of it (`server.pem`, `server.key`).
pub(crate) fn make_in(directory: &Path) {
    let key =
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let authority =
        ["-days", "2", "-subj", "/CN=Tests of logto-rocket", "-keyout", "ca.key", "-out", "ca.pem"];
    let server = [
        &["-days", "2", "-subj", "/CN=localhost", "-CA", "ca.pem", "-CAkey", "ca.key"][..],
        &["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        &["-addext", "basicConstraints=CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"],
        &["-keyout", "server.key", "-out", "server.pem"],
    ]
    .concat();
    for rest in [&authority[..], &server] {
        run(directory, "openssl", &[&key, rest].concat());
    }
}

fn run(directory: &Path, program: &str, arguments: &[&str]) {
    let made = Command::new(program).args(arguments).current_dir(directory).output();
    let made = made.expect("it runs");
    assert!(made.status.success(), "{program}: {}", String::from_utf8_lossy(&made.stderr));
}
