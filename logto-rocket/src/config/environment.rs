//! The layer of the `LOGTO_*` environment variables.

use std::collections::{BTreeMap, BTreeSet};

use rocket::figment::providers::Env;
use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider};

use super::errors::{Warning, Wrong};
use super::keys::{self, KEYS};
use crate::shown::shown;

/// What this layer is called in figment.
pub(super) const NAME: &str = "LOGTO_ environment variables";

/// The `LOGTO_*` variables that name a known key, and a warning for each of the others.
pub(super) fn layer() -> (Environment, Vec<Warning>) {
    let variables: BTreeMap<String, String> = Env::prefixed("LOGTO_")
        .split("__")
        .iter()
        .map(|(key, text)| (key.as_str().to_owned(), text))
        .collect();
    let (known, unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
        variables.into_iter().partition(|(key, _)| KEYS.contains(&key.as_str()));
    let (empty, known): (BTreeMap<_, _>, _) =
        known.into_iter().partition(|(_, text)| text.trim().is_empty());
    let empty = empty.into_keys().collect();
    (Environment { known, empty }, unknown.keys().map(|key| not_known(key)).collect())
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

/// The known `LOGTO_*` variables, as a layer that overrides all others in every profile.
pub(super) struct Environment {
    known: BTreeMap<String, String>,
    /// The keys whose variables are there but empty, as a file of a container leaves them. They
    /// count as absent.
    pub(super) empty: BTreeSet<String>,
}

impl Provider for Environment {
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
    let variable = shown(&keys::variable(key));
    let meant = keys::meant_by(key).filter(|meant| KEYS.contains(meant)).map(keys::variable);
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Warning::new(format!(
        "the environment variable `{variable}` is unknown and has no effect{meant}"
    ))
}
