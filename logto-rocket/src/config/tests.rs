//! The configuration seen from outside: through Rocket's figment, files and the environment.

mod base_urls;
mod diagnose;
mod environment;
mod errors;
mod files;
mod flash;
mod layers;
mod listener;
mod never_panics;
mod routes;
mod secret_keys;
mod secrets;
mod session;
mod sign_in;
mod site_name;
mod synonyms;
#[cfg(feature = "testing")]
mod test_provider;
mod urls;
mod values;
mod webhook;

use figment::Jail;
use rocket::figment::Figment;

use super::errors::Warning;
use super::{Config, Settings, read};

/// All that a configuration needs.
const COMPLETE: &str = r#"
    [default.logto]
    endpoint = "https://example.logto.app"
    app_id = "an-app"
    app_secret = "hush-hush"
    base_url = "https://app.example.com"
"#;

/// Runs `test` in a folder and an environment of its own.
#[expect(clippy::result_large_err, reason = "the jail asks for figment's error")]
fn jailed(test: impl FnOnce(&mut Jail)) {
    Jail::expect_with(|jail| {
        jail.clear_env();
        test(jail);
        Ok(())
    });
}

/// What Rocket reads with `toml` as its Rocket.toml, in the debug profile.
fn debug(jail: &Jail, toml: &str) -> Figment {
    jail.create_file("Rocket.toml", toml).expect("a file in the jail");
    rocket::Config::figment().select("debug")
}

/// What Rocket reads with `toml` as its Rocket.toml and a key, in the release profile.
fn release(jail: &Jail, toml: &str) -> Figment {
    debug(jail, toml).merge(("secret_key", vec![7_u8; 64])).select("release")
}

/// What is read with `toml` as Rocket.toml, in the debug profile.
fn outcome(toml: &str) -> Result<(Settings, Vec<String>), String> {
    let mut outcome = None;
    jailed(|jail| outcome = Some(outcome_of(&debug(jail, toml), None)));
    outcome.expect("the jail ran")
}

/// What is read with [`COMPLETE`] and `more` below it.
fn with(more: &str) -> Result<Settings, String> {
    outcome(&format!("{COMPLETE}\n{more}")).map(|(settings, _)| settings)
}

fn outcome_of(
    figment: &Figment,
    config: Option<&Config>,
) -> Result<(Settings, Vec<String>), String> {
    let words = |warnings: Vec<Warning>| warnings.iter().map(ToString::to_string).collect();
    read(figment, config, false)
        .map(|(settings, warnings)| (settings, words(warnings)))
        .map_err(|errors| errors.to_string())
}

/// Asserts that `text` holds every one of `parts`.
#[track_caller]
fn assert_holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
}
