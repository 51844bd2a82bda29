//! [`given`]: what decides whether a provider for development starts in place of Logto.

use rocket::figment::Figment;

use super::read::open;
use super::reader::Reader;
use super::{Config, secret_keys};

/// The facts of the configuration that decide whether a test provider starts in place of Logto.
pub(crate) struct Given {
    /// Whether the address of Logto is configured, valid or not.
    pub(crate) has_logto: bool,
    /// Whether a key that encrypts cookies is configured, valid or not.
    pub(crate) has_secret_key: bool,
    /// The configured credentials for Logto, with their sources, as the subject of a sentence.
    pub(crate) unused_credentials: Option<String>,
}

/// Reads these facts. If the configuration cannot be read, which the launch reports, both count as configured.
pub(crate) fn given(figment: &Figment, config: Option<&Config>) -> Given {
    let Ok((reader, _)) = open(figment, config, |_| true) else {
        return Given { has_logto: true, has_secret_key: true, unused_credentials: None };
    };
    let key_of_rocket = reader.rockets_key().map(|value| secret_keys::key(&value));
    Given {
        has_logto: reader.has("endpoint") || reader.has("issuer"),
        has_secret_key: reader.has("secret_keys")
            || !matches!(key_of_rocket, None | Some(Ok(None))),
        unused_credentials: credentials(&reader),
    }
}

/// `logto.app_id (from …) and logto.app_secret (from …) are`, as far as they are configured.
fn credentials(reader: &Reader) -> Option<String> {
    let sources = reader.sources();
    let named = ["app_id", "app_secret"]
        .into_iter()
        .filter_map(|key| Some(format!("logto.{key} (from {})", sources.get(key)?)));
    let named: Vec<_> = named.collect();
    let verb = if named.len() > 1 { "are" } else { "is" };
    (!named.is_empty()).then(|| format!("{} {verb}", named.join(" and ")))
}
