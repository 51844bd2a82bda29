//! A description of the source of a value.

use rocket::figment::{Metadata, Source};

use super::{environment, in_code, keys};

/// The layer that gave the value of `key`: a file, an environment variable by its own name, code.
pub(super) fn words(from: &Metadata, key: &str) -> String {
    match &from.source {
        _ if from.name == environment::NAME => keys::variable(key),
        _ if from.name == in_code::NAME => in_code::NAME.into(),
        _ if is_rockets_environment(from) && key == "secret_key" => "ROCKET_SECRET_KEY".into(),
        _ if is_rockets_environment(from) => "ROCKET_LOGTO".into(),
        Some(Source::Code(location)) => format!("code at {location}"),
        Some(source) => source.to_string(),
        None => match from.provide_location.filter(|_| !is_environment(from)) {
            Some(location) => format!("code at {location}"),
            None => from.name.to_string(),
        },
    }
}

/// Whether the layer comes from environment variables, in which a number may be meant as a string.
pub(super) fn is_environment(from: &Metadata) -> bool {
    from.name.contains("environment variable")
}

fn is_rockets_environment(from: &Metadata) -> bool {
    from.name.starts_with("`ROCKET_`")
}
