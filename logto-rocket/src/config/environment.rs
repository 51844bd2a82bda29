//! The layer of the `LOGTO_*` environment variables.

use std::collections::{BTreeMap, BTreeSet};

use rocket::figment::providers::Env;
use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider};

use super::errors::{ConfigError, Warning, Wrong};
use super::files::{self, FileValue};
use super::keys::{self, KEYS};
use super::synonyms::{Meant, meant_by};
use crate::shown::shown;

/// What this layer is called in figment.
pub(super) const NAME: &str = "LOGTO_ environment variables";

/// The `LOGTO_*` variables that name a known key, or a file for one, and a warning for each of the
/// others. Only those for keys that are `read` are looked at.
pub(super) fn layer(is_read: impl Fn(&str) -> bool) -> (Environment, Vec<Warning>) {
    let variables: BTreeMap<String, String> = Env::prefixed("LOGTO_")
        .split("__")
        .iter()
        .map(|(key, text)| (key.as_str().to_owned(), text))
        .collect();
    let (mut environment, mut warnings) = (Environment::default(), Vec::new());
    for (key, text) in variables {
        let is_empty = text.trim().is_empty();
        if KEYS.contains(&key.as_str()) {
            if is_empty {
                environment.variables.empty.insert(key);
            } else if is_read(&key) {
                environment.variables.known.insert(key, text);
            }
        } else if let Some(key) = files::key_of(&key).filter(|key| KEYS.contains(key)) {
            if !is_empty && is_read(key) {
                environment.add_file(key, text.trim());
            }
        } else {
            warnings.push(not_known(&key));
        }
    }
    warnings.extend(environment.files.iter().filter_map(FileValue::warning));
    (environment, warnings)
}

/// The elements of a list that is written as one text, with commas or blanks between them.
pub(super) fn elements(text: &str) -> Result<Vec<String>, Wrong> {
    // A list with both brackets has been read as one.
    if text.starts_with('[') || text.ends_with(']') {
        return Err(Wrong::new(
            "is not a list that can be read",
            "write the elements with commas between them: `a,b`, or `[\"a\", \"b\"]`",
        ));
    }
    let elements = text.split(|char: char| char == ',' || char.is_whitespace());
    Ok(elements.filter(|element| !element.is_empty()).map(ToOwned::to_owned).collect())
}

/// What the `LOGTO_*` variables give. It overrides all other layers in every profile.
#[derive(Default)]
pub(super) struct Environment {
    /// The values that variables hold: one layer.
    pub(super) variables: Variables,
    /// The values that files hold: one more layer each.
    pub(super) files: Vec<FileValue>,
    /// What is wrong with a file, or with a key that has both.
    pub(super) errors: Vec<ConfigError>,
}

/// The variables that hold the value of a known key themselves.
#[derive(Default)]
pub(super) struct Variables {
    pub(super) known: BTreeMap<String, String>,
    /// The keys whose variables are there but empty, as a file of a container leaves them. They
    /// count as absent.
    pub(super) empty: BTreeSet<String>,
}

impl Environment {
    /// Reads the file at `path`, which gives the value of `key`. All variables are here already.
    fn add_file(&mut self, key: &str, path: &str) {
        if self.variables.known.contains_key(key) {
            let source = format!("{} and {}", keys::variable(key), files::variable(key));
            let (key, source) = (format!("logto.{key}"), Some(source));
            let wrong = Wrong::new("is set by both", "unset one of the two");
            return self.errors.push(ConfigError { key, value: None, source, wrong });
        }
        match FileValue::read(key, path) {
            Ok(file) => self.files.push(file),
            Err(error) => self.errors.push(error),
        }
    }
}

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut logto = Dict::new();
        for (key, text) in &self.known {
            insert(&mut logto, key, value(text));
        }
        Ok(Profile::Global.collect(Dict::from([("logto".into(), logto.into())])))
    }
}

/// Sets `value` at the dotted `key`.
fn insert(dict: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            dict.insert(key.into(), value);
        }
        Some((table, rest)) => {
            let table = dict.entry(table.into()).or_insert_with(|| Dict::new().into());
            if let Value::Dict(_, inner) = table {
                insert(inner, rest, value);
            }
        }
    }
}

/// The value of a variable. Lists and quoted strings are parsed as figment parses them. Everything
/// else stays a string, because an app id of `00123` is not the number 123.
fn value(text: &str) -> Value {
    // Figment counts characters as bytes after an escape, and may panic next to other characters.
    if text.contains('\\') && !text.is_ascii() {
        return text.into();
    }
    match text.parse::<Value>() {
        Ok(value @ (Value::String(..) | Value::Array(..) | Value::Dict(..))) => value,
        Ok(_) => text.trim().into(),
    }
}

fn not_known(key: &str) -> Warning {
    let (variable, of_file) = (shown(&keys::variable(key)), files::key_of(key));
    let name = if of_file.is_some() { files::variable } else { keys::variable };
    let help = match meant_by(of_file.unwrap_or(key)) {
        Some(Meant::Key(key)) if KEYS.contains(&key) => format!("; did you mean `{}`?", name(key)),
        Some(Meant::NotNeeded(why)) => format!("; remove it: {why}"),
        Some(Meant::Key(_)) | None => String::new(),
    };
    Warning::new(format!(
        "the environment variable `{variable}` is unknown and has no effect{help}"
    ))
}
