//! [`Mistakes`]: all that is wrong with the configuration, in words; [`Warning`]: what works, but
//! hardly as meant.

use std::fmt;

use rocket::figment::value::Value;

use super::keys::{self, SECRETS};

/// The most characters that are shown of a wrong value.
const MAX_SHOWN: usize = 80;

/// Everything that is wrong with the configuration, for the launch to print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mistakes(Vec<Mistake>);

/// One thing that is wrong: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The whole key, such as `logto.session.max_lifetime`.
    pub(crate) key: String,
    /// The wrong value, escaped and cut; `None` for secrets, tables and what is missing.
    pub(crate) value: Option<String>,
    /// Where the value came from, in words; `None` if nothing was given.
    pub(crate) source: Option<String>,
    /// What is wrong and how to mend it.
    pub(crate) wrong: Wrong,
}

/// What is wrong with a value and how to mend it. Never holds the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// What is wrong: the end of a sentence that begins with the value.
    pub(crate) what: String,
    /// How to mend it.
    pub(crate) mend: String,
}

/// What is worth a line in the log of the launch, but does not stop it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning(String);

impl Mistakes {
    pub(super) fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The single mistakes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }
}

impl Warning {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let mistakes = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "The configuration of Logto has {count} {mistakes}:")?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n{mistake}"))
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        if let Some(source) = &self.source {
            write!(f, " (from {source})")?;
        }
        write!(f, "\n    {}\n    help: {}", self.wrong.what, self.wrong.mend)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of `key` as a mistake shows it; `None` if it is a secret or no single value.
pub(super) fn shown(key: &str, value: &Value) -> Option<String> {
    if SECRETS.contains(&key) {
        return None;
    }
    match value {
        Value::String(_, text) if holds_password(text) => None,
        Value::String(_, text) => Some(format!("\"{}\"", escaped(text))),
        Value::Char(_, char) => Some(format!("\"{}\"", char.escape_debug())),
        Value::Bool(_, bool) => Some(bool.to_string()),
        Value::Num(_, number) => Some(keys::number(*number)),
        Value::Empty(..) | Value::Dict(..) | Value::Array(..) => None,
    }
}

/// The text without line breaks and control characters, cut where it is too long.
pub(super) fn escaped(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether the text may be a URL with a user name and password in it.
fn holds_password(text: &str) -> bool {
    text.contains('@')
}
