//! [`settings`]: what the fuzz target asserts of the values of keys.

use std::collections::{BTreeMap, BTreeSet};

use rocket::figment::Figment;

use super::environment::Variables;
use super::keys::{KEYS, SECRETS};
use super::{read, read_resource_server};

/// The key whose values are files that would be read.
const OF_FILES: &str = "ca_certificates";

/// A secret that a value can be part of a message without is at least this long.
const LONG: usize = 30;

/// Reads a configuration with the values of a text, as `LOGTO_*` variables have them: a line each, such as
/// `session.store=redis`.
///
/// # Panics
///
/// If a message shows a secret.
pub fn settings(text: &str) {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    let known = |key: &str| KEYS.contains(&key) && key != OF_FILES;
    let given: BTreeMap<_, _> = lines
        .filter(|(key, _)| known(key))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let secrets: Vec<_> = given
        .iter()
        .filter(|(key, _)| SECRETS.contains(&key.as_str()))
        .map(|(_, value)| value.trim().to_owned())
        .filter(|value| value.len() > LONG)
        .collect();
    let complete = [
        ("logto.endpoint", "https://example.logto.app"),
        ("logto.app_id", "an-app"),
        ("logto.app_secret", "hush-hush"),
        ("logto.base_url", "https://app.example.com"),
    ];
    let figment = Figment::from(rocket::Config::debug_default());
    let figment = complete.into_iter().fold(figment, Figment::merge);
    let variables = Variables { known: given, empty: BTreeSet::new() };
    let figment = figment.merge(variables).select(rocket::Config::DEBUG_PROFILE);
    let warnings = |warnings: Vec<super::errors::Warning>| {
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let of_site = match read(&figment, None, false) {
        Ok((_, warned)) => warnings(warned),
        Err(errors) => errors.to_string(),
    };
    let of_api = match read_resource_server(&figment, None) {
        Ok((_, warned)) => warnings(warned),
        Err(errors) => errors.to_string(),
    };
    for said in [of_site, of_api] {
        assert!(!said.contains("hush-hush"), "{said}");
        assert!(!secrets.iter().any(|secret| said.contains(secret)), "{said}");
    }
}
