//! The keys under `webhook`.

use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, with};
use crate::config::read_resource_server;
use crate::{Config, WebhookConfig};

const KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";
const OTHER: &str = "Gr3o9NsTaGWDjMs18p30CDLsecdV6l21";

fn under_webhook(lines: &str) -> String {
    format!("[default.logto.webhook]\n{lines}")
}

#[test]
fn without_a_signing_key_there_are_no_webhooks() {
    for lines in ["", "end_on_password_reset = true"] {
        assert!(with(&under_webhook(lines)).unwrap().webhook.is_none());
    }
    let settings = with(&under_webhook(&format!("signing_keys = \"{KEY}\""))).unwrap();
    assert!(settings.webhook.unwrap().end_on_password_reset);
    let lines = format!("signing_keys = [\"{KEY}\", \"{OTHER}\"]\nend_on_password_reset = false");
    let webhook = with(&under_webhook(&lines)).unwrap().webhook.unwrap();
    assert!(!webhook.end_on_password_reset);
    assert_eq!(format!("{:?}", webhook.keys), "SigningKeys(2)");
}

#[test]
fn the_environment_gives_keys_as_it_gives_lists() {
    jailed(|jail| {
        jail.set_env("LOGTO_WEBHOOK__SIGNING_KEYS", format!("{KEY},{OTHER}"));
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(format!("{:?}", settings.webhook.unwrap().keys), "SigningKeys(2)");
        assert!(warnings.is_empty(), "{warnings:?}");
        jail.set_env("LOGTO_WEBHOOK__SIGNING_KEYS", "");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert!(settings.webhook.is_none());
    });
}

#[test]
fn a_key_that_was_cut_is_refused_and_a_longer_one_is_told_of_and_neither_is_printed() {
    let launch = |keys: &str| {
        outcome(&format!("{COMPLETE}\n{}", under_webhook(&format!("signing_keys = {keys}"))))
    };
    let (cut, longer) = (&KEY[1..], format!("{KEY}x"));
    for (keys, what) in [
        (format!("[\"{KEY}\", \"{cut}\"]"), "has 31 characters, but Logto makes keys of 32"),
        (format!("\"{cut} \""), "characters that a signing key of Logto never has"),
        ("[]".into(), "is an empty list"),
        ("5".into(), "is not a string"),
    ] {
        let errors = launch(&keys).unwrap_err();
        let parts = ["has 1 error:", "  logto.webhook.signing_keys (from Rocket.toml)", what];
        assert_holds(&errors, &parts);
        assert!(!errors.contains(cut), "{errors}");
    }
    let (_, warnings) = launch(&format!("[\"{KEY}\", \"{longer}\"]")).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_holds(&warnings[0], &["has a key of 33 characters", "Rocket.toml"]);
    assert!(!warnings[0].contains(KEY), "{warnings:?}");
}

#[test]
fn a_pure_api_reads_them_too() {
    jailed(|jail| {
        let toml = format!(
            "[default.logto]\nendpoint = \"https://example.logto.app\"\nbase = \"/hooks\"\n{}",
            under_webhook(&format!("signing_keys = \"{KEY}\""))
        );
        let (settings, _) = read_resource_server(&debug(jail, &toml), None).unwrap();
        assert_eq!(settings.base.to_string(), "/hooks");
        assert!(settings.webhook.is_some());
    });
}

#[test]
fn no_configuration_in_code_prints_a_key() {
    let webhook = WebhookConfig::new().signing_keys([KEY]).end_on_password_reset(false);
    let config = Config::new().app_id("an-app").webhook(webhook.clone());
    for printed in [format!("{config:?}"), format!("{config:#?}"), format!("{webhook:?}")] {
        assert!(printed.contains("end_on_password_reset") && !printed.contains(KEY), "{printed}");
    }
    let settings = with(&under_webhook(&format!("signing_keys = \"{KEY}\""))).unwrap();
    assert!(!format!("{settings:?}").contains(KEY));
}
