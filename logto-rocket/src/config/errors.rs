//! [`ConfigErrors`]: all errors of the configuration. [`Warning`]: a value that is valid, but probably not
//! intended.

use std::fmt;

use rocket::figment::value::Value;

use super::keys::SECRETS;
use super::numbers;
use crate::shown::shown as escaped;

/// All errors of the configuration, for the launch to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigErrors {
    errors: Vec<ConfigError>,
    warnings: Vec<Warning>,
}

/// One thing that is wrong: where, what, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConfigError {
    /// The whole key, such as `logto.session.max_lifetime`.
    pub(super) key: String,
    /// The invalid value, escaped and truncated; `None` for secrets, tables and missing values.
    pub(super) value: Option<String>,
    /// A description of the value's source; `None` if there is no value.
    pub(super) source: Option<String>,
    /// What is wrong and how to fix it.
    pub(super) wrong: Wrong,
}

/// What is wrong with a value and how to fix it. Never holds the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What is wrong: the end of a sentence that begins with the value.
    pub(super) what: String,
    /// How to fix it.
    pub(super) remedy: String,
}

/// A message for the log that does not stop the launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning(String);

impl ConfigErrors {
    pub(super) fn push(&mut self, error: ConfigError) {
        self.errors.push(error);
    }

    /// The errors together with warnings, because a warning may name the cause of an error.
    pub(super) fn with(self, warnings: Vec<Warning>) -> Self {
        Self { warnings, ..self }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether there is one in the whole key `key`.
    pub(super) fn are_in(&self, key: &str) -> bool {
        self.errors.iter().any(|error| error.key == key)
    }
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }

    /// The same without any part of this value, which is not to be shown.
    pub(super) fn without(mut self, value: &str) -> Self {
        let words = || value.split(|sign: char| !sign.is_alphanumeric()).filter(|it| it.len() > 2);
        if words().any(|word| self.what.contains(word)) {
            self.what = "is not right".into();
        }
        if words().any(|word| self.remedy.contains(word)) {
            self.remedy = "correct the value in the file".into();
        }
        self
    }
}

impl Warning {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors.len();
        let errors = if count == 1 { "error" } else { "errors" };
        write!(f, "The configuration of Logto has {count} {errors}:")?;
        self.errors.iter().try_for_each(|error| write!(f, "\n{error}"))?;
        self.warnings.iter().try_for_each(|warning| write!(f, "\n  warning: {warning}"))
    }
}

impl std::error::Error for ConfigErrors {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        if let Some(source) = &self.source {
            write!(f, " (from {source})")?;
        }
        write!(f, "\n    {}\n    help: {}", self.wrong.what, self.wrong.remedy)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of `key` as an error shows it; `None` if it is a secret or no single value.
pub(super) fn shown(key: &str, value: &Value) -> Option<String> {
    if SECRETS.contains(&key) {
        return None;
    }
    match value {
        Value::String(_, text) if holds_password(text) => None,
        Value::String(_, text) => Some(format!("\"{}\"", escaped(text))),
        Value::Char(_, char) => Some(format!("\"{}\"", char.escape_debug())),
        Value::Bool(_, bool) => Some(bool.to_string()),
        Value::Num(_, number) => Some(numbers::written(*number)),
        Value::Empty(..) | Value::Dict(..) | Value::Array(..) => None,
    }
}

/// Whether the text may be a URL with a user name and password in it.
fn holds_password(text: &str) -> bool {
    text.contains('@')
}
