//! [`Reader`]: takes single values out of the layers and notes every error with its source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rocket::figment::value::{Dict, Tag, Value};
use rocket::figment::{Figment, Metadata, Profile, Source};

use super::environment::{self, Environment};
use super::errors::{ConfigError, ConfigErrors, Warning, Wrong, shown};
use super::files;
use super::keys::{self, KEYS};
#[cfg(feature = "testing")]
use super::test_provider::TestProvider;
use super::{numbers, source, texts};

mod check;

/// All layers, merged, and the errors found in them so far.
pub(super) struct Reader {
    layers: Figment,
    logto: Value,
    empty_variables: BTreeSet<String>,
    errors: ConfigErrors,
}

impl Reader {
    /// Opens the layers, with the environment on top, and records every unknown key in them.
    ///
    /// # Errors
    ///
    /// If there is not a table of keys to read.
    pub(super) fn open(layers: Figment, environment: Environment) -> Result<Self, ConfigErrors> {
        let mut reader = Self {
            layers,
            logto: Dict::new().into(),
            empty_variables: environment.variables.empty.clone(),
            errors: ConfigErrors::default(),
        };
        // The layer of the environment contains known keys only; it must not hide errors in the
        // layers below.
        if !reader.check() {
            return Err(reader.errors);
        }
        let Environment { variables, files, errors } = environment;
        for error in errors {
            reader.errors.push(error);
        }
        reader.layers = files.into_iter().fold(reader.layers.merge(variables), Figment::merge);
        if let Ok(logto) = reader.layers.find_value("logto") {
            reader.logto = logto;
        }
        Ok(reader)
    }

    /// The same layers with that of a test provider above all of them.
    #[cfg(feature = "testing")]
    pub(super) fn below(mut self, provider: &TestProvider) -> Self {
        self.layers = self.layers.merge(provider);
        if let Ok(logto) = self.layers.find_value("logto") {
            self.logto = provider.alone(logto);
        }
        self
    }

    /// The errors found.
    pub(super) fn into_errors(self) -> ConfigErrors {
        self.errors
    }

    /// Whether anything, right or wrong, is given for `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.logto.find_ref(key).is_some()
    }

    /// Whether an error was found in `key`.
    pub(super) fn is_wrong(&self, key: &str) -> bool {
        self.errors.are_in(&format!("logto.{key}"))
    }

    /// The text at `key`, as `parse` reads it; `None` if there is none or it is wrong.
    pub(super) fn text<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.value(key, |reader, value| parse(&reader.text_of(value)?))
    }

    /// The list of texts at `key`, each as `parse` reads it. A single text is a list of one, and in
    /// the environment a list of those between commas and blanks.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        self.values(key, |reader, value| parse(&reader.text_of(value)?))
    }

    /// The list of values at `key`, each as `parse` reads it.
    pub(super) fn values<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&Self, &Value) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let values = match self.logto.find_ref(key)?.clone() {
            Value::Array(_, values) => values,
            Value::String(tag, text) if self.is_from_environment(tag) => {
                match environment::elements(&text) {
                    Ok(texts) => texts.into_iter().map(|text| Value::String(tag, text)).collect(),
                    Err(wrong) => {
                        self.error(key, &Value::String(tag, text), wrong);
                        Vec::new()
                    }
                }
            }
            value => vec![value],
        };
        let mut read = Vec::with_capacity(values.len());
        for value in &values {
            match parse(self, value) {
                Ok(value) => read.push(value),
                Err(wrong) => self.error(key, value, wrong),
            }
        }
        Some(read)
    }

    /// The truth value at `key`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let wrong = || Wrong::new("is not true or false", "write true or false");
        self.value(key, |_, value| match value {
            Value::Bool(_, flag) => Ok(*flag),
            Value::String(_, text) => text.parse().map_err(|_| wrong()),
            _ => Err(wrong()),
        })
    }

    /// The whole number at `key`, between two bounds, both allowed.
    pub(super) fn number(&mut self, key: &str, (least, most): (usize, usize)) -> Option<usize> {
        let remedy = format!("write a whole number from {least} to {most}");
        self.value(key, |_, value| {
            let number = match value {
                Value::Num(_, number) => numbers::unsigned(*number).and_then(|n| n.try_into().ok()),
                Value::String(_, text) => text.parse().ok(),
                _ => None,
            };
            let number = number.filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| Wrong::new("is not a whole number within the bounds", remedy))
        })
    }

    /// The duration at `key`, between two bounds, both allowed.
    pub(super) fn duration(
        &mut self,
        key: &str,
        bounds: (Duration, Duration),
        default: Duration,
    ) -> Duration {
        self.time(key, |text| texts::duration(text, bounds)).unwrap_or(default)
    }

    /// The duration at `key`, which `parse` reads from a text. `parse` gets a number as well, so that its error
    /// can say that the unit is missing.
    pub(super) fn time<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.value(key, |reader, value| match value {
            Value::Num(_, number) => parse(&numbers::written(*number)),
            value => parse(&reader.text_of(value)?),
        })
    }

    /// The path of a file at `key`; a relative one in a configuration file starts at that file.
    pub(super) fn file<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(PathBuf) -> Result<T, Wrong>,
    ) -> Option<T> {
        self.value(key, |reader, value| {
            let path = PathBuf::from(reader.text_of(value)?);
            let file = reader.metadata(value.tag()).and_then(|from| from.source.as_ref());
            let folder = file.and_then(Source::file_path).and_then(Path::parent);
            read(folder.map_or(path.clone(), |folder| folder.join(&path)))
        })
    }

    /// Records that the value of `key` is invalid, although it could be parsed, or that it is missing,
    /// unless it is known why.
    pub(super) fn reject(&mut self, key: &str, wrong: Wrong) {
        if let Some(value) = self.logto.find_ref(key).cloned() {
            return self.error(key, &value, wrong);
        }
        if self.is_wrong(key) {
            return;
        }
        let empty = self.empty_variables.contains(key);
        let source = empty.then(|| format!("{}, which is empty", keys::variable(key)));
        let key = format!("logto.{key}");
        self.errors.push(ConfigError { key, value: None, source, wrong });
    }

    /// A warning about the value of `key`, which is `what`, with its cure.
    pub(super) fn warning(&self, key: &str, what: &str, cure: &str) -> Warning {
        let given = self.logto.find_ref(key);
        let value = given.and_then(|value| self.shown(key, value));
        let value = value.map(|value| format!(" = {value}"));
        let source = given.map(|value| format!(" (from {})", self.source(key, value)));
        let hidden = given.filter(|value| self.is_from_file(first_tag(value)));
        let Wrong { what, remedy: cure } =
            hidden.into_iter().flat_map(texts_in).fold(Wrong::new(what, cure), Wrong::without);
        let (value, source) = (value.unwrap_or_default(), source.unwrap_or_default());
        Warning::new(format!("logto.{key}{value}{source} {what}. To fix it, {cure}."))
    }

    /// The source of each configured value, and of Rocket's `secret_key`, as a text.
    pub(super) fn sources(&self) -> BTreeMap<&'static str, String> {
        let given = KEYS.into_iter().filter_map(|key| Some((key, self.logto.find_ref(key)?)));
        let rockets_key = self.rockets_key().map(|value| ("secret_key", value));
        let rockets_key = rockets_key.map(|(key, value)| (key, self.source(key, &value)));
        given.map(|(key, value)| (key, self.source(key, value))).chain(rockets_key).collect()
    }

    /// The profile that was read.
    pub(super) fn profile(&self) -> &Profile {
        self.layers.profile()
    }

    /// The configured value of Rocket's own `secret_key`.
    pub(super) fn rockets_key(&self) -> Option<Value> {
        self.layers.find_value("secret_key").ok()
    }

    /// Notes that Rocket's own `secret_key` is wrong.
    pub(super) fn reject_rockets_key(&mut self, value: &Value, wrong: Wrong) {
        let source = Some(self.source("secret_key", value));
        self.errors.push(ConfigError { key: "secret_key".into(), value: None, source, wrong });
    }

    /// The value at `key`, as `parse` reads it; `None` if there is none or it is wrong.
    pub(super) fn value<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&Self, &Value) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.logto.find_ref(key)?.clone();
        parse(self, &value).map_err(|wrong| self.error(key, &value, wrong)).ok()
    }

    /// The text of a value. What the environment gives may look like a number and mean a text.
    pub(super) fn text_of(&self, value: &Value) -> Result<String, Wrong> {
        let from_environment = self.is_from_environment(value.tag());
        match value {
            Value::String(_, text) => Ok(text.clone()),
            Value::Char(_, char) => Ok(char.to_string()),
            Value::Bool(_, flag) if from_environment => Ok(flag.to_string()),
            Value::Num(_, number) if from_environment => Ok(numbers::written(*number)),
            _ => Err(Wrong::new("is not a string", "write it in quotes")),
        }
    }

    fn error(&mut self, key: &str, value: &Value, wrong: Wrong) {
        let source = Some(self.source(key, value));
        let is_hidden = self.is_from_file(first_tag(value));
        let wrong = texts_in(value).filter(|_| is_hidden).fold(wrong, Wrong::without);
        let value = self.shown(key, value);
        self.errors.push(ConfigError { key: format!("logto.{key}"), value, source, wrong });
    }

    /// The value as a message shows it: none of a file.
    fn shown(&self, key: &str, value: &Value) -> Option<String> {
        if self.is_from_file(first_tag(value)) { None } else { shown(key, value) }
    }

    /// A description of the source of a value.
    fn source(&self, key: &str, value: &Value) -> String {
        let from = self.metadata(first_tag(value));
        from.map_or_else(|| "an unnamed layer".into(), |from| source::words(from, key))
    }

    fn is_from_environment(&self, tag: Tag) -> bool {
        self.metadata(tag).is_some_and(source::is_environment)
    }

    fn is_from_file(&self, tag: Tag) -> bool {
        self.metadata(tag).is_some_and(|from| from.name == files::NAME)
    }

    fn metadata(&self, tag: Tag) -> Option<&Metadata> {
        self.layers.get_metadata(tag)
    }
}

/// The texts of a value, or of the elements of a list.
fn texts_in(value: &Value) -> impl Iterator<Item = &str> {
    let elements = match value {
        Value::Array(_, elements) => elements.as_slice(),
        value => std::slice::from_ref(value),
    };
    elements.iter().filter_map(Value::as_str)
}

/// The tag of a value. For a table, which may be merged from several layers, the tag of its first
/// value.
fn first_tag(value: &Value) -> Tag {
    match value {
        Value::Dict(tag, dict) => dict.values().next().map_or(*tag, first_tag),
        value => value.tag(),
    }
}
