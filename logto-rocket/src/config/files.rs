//! [`FileValue`]: the value of a key that a file holds, as Docker and Kubernetes hand out secrets.

use std::fs::File;
use std::io::{self, Read};

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider, Source};

use super::errors::{ConfigError, Warning, Wrong};
use super::keys::{self, LISTS};
use crate::shown::shown;

/// What this layer is called in figment.
pub(super) const NAME: &str = "LOGTO_ file";

/// What the name of a variable ends with that names a file, in lower case.
const SUFFIX: &str = "_file";

/// The longest file.
const MAX_BYTES: usize = 64 * 1024;

/// The value that the file holds which a variable such as `LOGTO_APP_SECRET_FILE` names: a layer with
/// one key.
pub(super) struct FileValue {
    key: String,
    source: String,
    value: Value,
    /// The permissions of the file, if every user of the machine can read it.
    open_mode: Option<u32>,
}

impl FileValue {
    /// Reads the file at `path`, which gives the value of `key`.
    pub(super) fn read(key: &str, path: &str) -> Result<Self, ConfigError> {
        let source = format!("the file {}, which {} names", shown(path), variable(key));
        let wrong = |wrong| ConfigError {
            key: format!("logto.{key}"),
            value: None,
            source: Some(source.clone()),
            wrong,
        };
        let (text, open_mode) = read(path).map_err(wrong)?;
        let value = value(key, &text).map_err(wrong)?;
        Ok(Self { key: key.to_owned(), source, value, open_mode })
    }

    /// A warning if every user of the machine can read the file.
    pub(super) fn warning(&self) -> Option<Warning> {
        let (key, source, mode) = (&self.key, &self.source, self.open_mode?);
        Some(Warning::new(format!(
            "logto.{key} (from {source}) can be read by every user of this machine (mode {mode:04o}). To \
             fix it, give the file the mode 0440 (Docker: `mode: 0440`, Kubernetes: `defaultMode: 0440`)."
        )))
    }
}

impl Provider for FileValue {
    fn metadata(&self) -> Metadata {
        Metadata::from(NAME, Source::Custom(self.source.clone()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let path = self.key.split('.').rev();
        let value =
            path.fold(self.value.clone(), |value, key| Dict::from([(key.into(), value)]).into());
        Ok(Profile::Global.collect(Dict::from([("logto".into(), value)])))
    }
}

/// The key whose file a variable names, if it is one that ends with `_FILE`.
pub(super) fn key_of(variable: &str) -> Option<&str> {
    variable.strip_suffix(SUFFIX)
}

/// The variable that names the file of `key`.
pub(super) fn variable(key: &str) -> String {
    format!("{}_FILE", keys::variable(key))
}

/// The text of a file without the line ends at its end, and its permissions if every user can read it.
fn read(path: &str) -> Result<(String, Option<u32>), Wrong> {
    let unreadable = |why: &io::Error| {
        Wrong::new(
            match why.kind() {
                io::ErrorKind::NotFound => "does not exist".to_owned(),
                kind => format!("cannot be read: {kind}"),
            },
            "give the path of a file that this process can read",
        )
    };
    let mut file = File::open(path).map_err(|why| unreadable(&why))?;
    let open_mode = file.metadata().ok().and_then(|metadata| open_mode(&metadata));
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.by_ref().take(limit).read_to_end(&mut bytes).map_err(|why| unreadable(&why))?;
    if bytes.len() > MAX_BYTES {
        return Err(Wrong::new(
            "is longer than 64 KiB",
            "give the path of the file that holds the value",
        ));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Wrong::new("is not UTF-8 text", "write the value as text, not as bytes"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Err(Wrong::new("is empty", "write the value into the file, or unset the variable"));
    }
    Ok((text.to_owned(), open_mode))
}

/// The value of `key` that a file with this text gives: of a list one element a line.
fn value(key: &str, text: &str) -> Result<Value, Wrong> {
    if key == "ca_certificates" {
        let remedy = "name the file of the certificates in `LOGTO_CA_CERTIFICATES`";
        return Err(Wrong::new("is itself the path of a file", remedy));
    }
    if LISTS.contains(&key) {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        return Ok(lines.map(ToOwned::to_owned).collect::<Vec<_>>().into());
    }
    if text.lines().nth(1).is_some() {
        return Err(Wrong::new("has several lines, but is one value", "write one line"));
    }
    Ok(text.into())
}

#[cfg(unix)]
fn open_mode(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o004 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_mode(_: &std::fs::Metadata) -> Option<u32> {
    None
}
