//! Whether the layers hold a table of keys, and no unknown ones.

use rocket::figment::value::{Dict, Value};

use super::Reader;
use crate::config::errors::{ConfigError, Wrong};
use crate::config::keys::{self, KEYS};
use crate::config::synonyms::{Meant, meant_by};
use crate::shown::shown;

impl Reader {
    /// Whether there is a table of keys, or nothing at all; its unknown keys are noted.
    pub(super) fn check(&mut self) -> bool {
        self.check_profiles();
        match self.layers.find_value("logto") {
            Ok(Value::Dict(_, dict)) => self.check_keys("", &dict),
            Ok(other) => {
                let source = Some(self.source("", &other));
                let remedy =
                    "`[default.logto]` with a line for each key, or `ROCKET_LOGTO={key=…}`";
                let wrong = not_a_table(remedy);
                self.errors.push(ConfigError { key: "logto".into(), value: None, source, wrong });
                return false;
            }
            Err(error) if error.missing() => {}
            Err(error) => {
                self.note_unreadable(error);
                return false;
            }
        }
        true
    }

    /// Notes an error for a table `[logto]`, which Rocket takes for the table of a profile that is not selected.
    fn check_profiles(&mut self) {
        if self.layers.profile() == "logto" {
            return;
        }
        let of_profile = self.layers.clone().select("logto");
        let top = KEYS.into_iter().filter(|key| !key.contains('.'));
        let tables = ["routes", "session", "sign_in", "sign_out", "webhook"];
        let mut given = top.chain(tables).filter(|key| self.layers.find_value(key).is_err());
        let Some(value) = given.find_map(|key| of_profile.find_value(key).ok()) else { return };
        let what = "is the table of a profile named `logto`, so its keys have no effect";
        self.errors.push(ConfigError {
            key: "[logto]".into(),
            value: None,
            source: Some(self.source("", &value)),
            wrong: Wrong::new(what, "name the table `[default.logto]`"),
        });
    }

    fn note_unreadable(&mut self, error: rocket::figment::Error) {
        for error in error {
            // Only the first line: later lines may quote the file, including its secrets.
            let what = error.kind.to_string();
            let what = what.lines().next().unwrap_or_default();
            let source = error.metadata.as_ref().and_then(|from| from.source.as_ref());
            self.errors.push(ConfigError {
                key: "logto".into(),
                value: None,
                source: source.map(ToString::to_string),
                wrong: Wrong::new(format!("cannot be read: {}", shown(what)), "remedy the file"),
            });
        }
    }

    fn check_keys(&mut self, table: &str, dict: &Dict) {
        for (name, value) in dict {
            let key = if table.is_empty() { name.clone() } else { format!("{table}.{name}") };
            match value {
                // A quoted name that contains a dot is one key, not a key in a table.
                _ if !name.contains('.') && KEYS.contains(&key.as_str()) => {}
                Value::Dict(_, inner) if !name.contains('.') && keys::is_table(&key) => {
                    self.check_keys(&key, inner);
                }
                _ => {
                    let wrong = if keys::is_table(&key) {
                        not_a_table(&format!("`[default.logto.{key}]` with a line for each key"))
                    } else {
                        unknown(&key)
                    };
                    let source = Some(self.source(&key, value));
                    let key = format!("logto.{}", shown(&key));
                    self.errors.push(ConfigError { key, value: None, source, wrong });
                }
            }
        }
    }
}

fn not_a_table(remedy: &str) -> Wrong {
    Wrong::new("is not a table of keys", format!("write {remedy}"))
}

fn unknown(key: &str) -> Wrong {
    let remedy = match meant_by(key) {
        Some(Meant::Key(meant)) => format!("did you mean `logto.{meant}`?"),
        Some(Meant::NotNeeded(why)) => format!("remove it: {why}"),
        None => "remove it".into(),
    };
    Wrong::new("is not a key of this configuration", remedy)
}
