//! [`Misfit`]: a claim of a type that Logto never uses for it.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::shown::{shown, type_of};

/// A claim of a type that Logto never uses for it. It never holds the value.
#[derive(Debug)]
pub(crate) struct Misfit {
    path: String,
    /// The type that came, in words, if that can be told.
    found: Option<&'static str>,
}

impl Misfit {
    /// What is wrong with which claim of `what`.
    pub(crate) fn in_words(&self, what: &str) -> String {
        let Self { path, found } = self;
        match found {
            Some(found) => format!("`{path}` of {what} is {found}, which Logto never sends there"),
            None => format!("`{path}` of {what} is missing or cannot be read"),
        }
    }

    /// Whether all claims can be read as a `T`.
    pub(super) fn check<T: DeserializeOwned>(json: &str) -> Result<(), Self> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let read = serde_path_to_error::deserialize::<_, T>(&mut reader);
        read.map(drop).map_err(|error| Self {
            found: type_at(json, error.path()),
            path: shown(&error.path().to_string()),
        })
    }

    /// No claim can be read.
    pub(super) fn of_all() -> Self {
        Self { path: ".".into(), found: None }
    }
}

/// The type of the value at a path.
fn type_at(json: &str, path: &Path) -> Option<&'static str> {
    let all: Value = serde_json::from_str(json).ok()?;
    let found = path.iter().try_fold(&all, |value, segment| match segment {
        Segment::Map { key } => value.get(key),
        Segment::Seq { index } => value.get(index),
        Segment::Enum { .. } | Segment::Unknown => None,
    })?;
    Some(type_of(found))
}
