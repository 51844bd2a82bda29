//! Whatever a key holds, the answer is settings or an error, never a panic.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::keys::KEYS;
use super::{COMPLETE, debug, jailed, outcome_of};

/// What is nearly right breaks parsers more often than noise.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "https?://[a-z@:/.?#\\[\\]0-9]{0,20}",
        "/[a-z/.%<>\\\\]{0,12}",
        "[0-9]{1,20}[a-zµ]{0,6}",
        "[A-Za-z0-9+/=]{44}",
        "[0-9a-fA-Fé]{60,64}",
    ]
}

#[test]
fn no_text_for_any_key_panics() {
    jailed(|jail| {
        let figment = debug(jail, COMPLETE);
        let mut runner = TestRunner::new(ProptestConfig {
            failure_persistence: None,
            cases: 2000,
            ..ProptestConfig::default()
        });
        let keys = prop::sample::select(KEYS.to_vec());
        let result = runner.run(&(keys, any_text()), |(key, text)| {
            let figment = figment.clone().merge((format!("logto.{key}"), &text));
            let errors = outcome_of(&figment, None).err().unwrap_or_default();
            prop_assert!(!errors.contains("hush-hush"));
            if matches!(key, "app_secret" | "secret_keys") && text.len() > 30 {
                prop_assert!(!errors.contains(&text));
            }
            Ok(())
        });
        result.unwrap();
    });
}

#[test]
fn no_text_in_the_environment_panics() {
    jailed(|jail| {
        let figment = debug(jail, COMPLETE);
        let mut runner = TestRunner::new(ProptestConfig {
            failure_persistence: None,
            cases: 500,
            ..ProptestConfig::default()
        });
        let keys = prop::sample::select(KEYS.to_vec());
        let variables = (keys, "[^\\x00]{0,30}|[\\[{\"',]{1,5}[a-z=,\\]}\"]{0,10}");
        let jail = std::cell::RefCell::new(jail);
        let result = runner.run(&variables, |(key, text)| {
            let variable = super::super::keys::variable(key);
            jail.borrow_mut().set_env(variable, &text);
            let _: Result<_, _> = outcome_of(&figment, None);
            Ok(())
        });
        result.unwrap();
    });
}
