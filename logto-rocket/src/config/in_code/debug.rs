//! What `Debug` prints of configuration in code: no secret.

use std::fmt;

use rocket::figment::value::{Dict, Value};

use crate::config::errors::shown;

pub(super) fn debug(
    name: &str,
    table: &str,
    dict: &Dict,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut debug = f.debug_struct(name);
    for (key, value) in dict {
        debug.field(key, &Shown { key: &format!("{table}{key}"), value });
    }
    debug.finish()
}

/// A value in the form that `Debug` is allowed to print.
struct Shown<'a> {
    key: &'a str,
    value: &'a Value,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, value } = *self;
        match value {
            Value::Dict(_, dict) => {
                let name = match key {
                    "routes" => "RoutesConfig",
                    "session" => "SessionConfig",
                    "sign_in" => "SignInConfig",
                    "sign_out" => "SignOutConfig",
                    "webhook" => "WebhookConfig",
                    other => other,
                };
                debug(name, &format!("{key}."), dict, f)
            }
            Value::Array(_, values) => {
                f.debug_list().entries(values.iter().map(|value| Shown { key, value })).finish()
            }
            value => f.write_str(shown(key, value).as_deref().unwrap_or("(not shown)")),
        }
    }
}
