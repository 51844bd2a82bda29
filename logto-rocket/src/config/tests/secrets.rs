//! No secret is in anything that prints.

use super::{debug, jailed, outcome, outcome_of};
use crate::Config;

/// Secrets that are right, and texts that were meant to be secrets but are wrong.
const RIGHT: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
const WRONG: &str = "s3cret with é";

#[test]
fn no_settings_print_a_secret() {
    jailed(|jail| {
        jail.create_file("ca.pem", super::values::AUTHORITY).unwrap();
        let toml = format!(
            "[default.logto]\nendpoint = \"https://example.logto.app\"\napp_id = \"an-app\"\n\
             app_secret = \"{RIGHT}\"\nsecret_keys = [\"{RIGHT}\"]\nca_certificates = \"ca.pem\""
        );
        let (settings, _) = outcome_of(&debug(jail, &toml), None).unwrap();
        assert_eq!(settings.app_secret.reveal(), RIGHT);
        let master = format!("{:?}", settings.secret_keys[0].master());
        for printed in [format!("{settings:?}"), format!("{settings:#?}")] {
            assert!(printed.contains("an-app"), "{printed}");
            assert!(!printed.contains(RIGHT) && !printed.contains(&master), "{printed}");
        }
    });
}

#[test]
fn no_config_in_code_prints_a_secret() {
    let config = Config::new()
        .app_id("an-app")
        .app_secret(RIGHT)
        .secret_keys([RIGHT])
        .endpoint("https://user:hunter2@example.com")
        .session(crate::SessionConfig::new().cookie("a-cookie"));
    for printed in [format!("{config:?}"), format!("{config:#?}")] {
        assert!(printed.contains("an-app") && printed.contains("a-cookie"), "{printed}");
        assert!(!printed.contains(RIGHT) && !printed.contains("hunter2"), "{printed}");
    }
}

#[test]
fn no_error_prints_a_secret() {
    let values = [
        ("app_secret", WRONG.into()),
        ("app_secret", format!("{RIGHT}\\n")),
        ("secret_keys", WRONG.into()),
        ("endpoint", format!("https://user:{WRONG}@example.com")),
        ("app_secrt", RIGHT.into()),
    ];
    for (key, value) in values {
        let errors = outcome(&format!("[default.logto]\n{key} = \"{value}\"")).unwrap_err();
        assert!(errors.contains(&format!("logto.{key} (from Rocket.toml)")), "{errors}");
        assert!(!errors.contains("s3cret") && !errors.contains(RIGHT), "{errors}");
    }
}

#[test]
fn a_wrong_key_of_rockets_own_is_not_printed() {
    let errors = outcome(&format!("[default]\nsecret_key = \"{WRONG}\"")).unwrap_err();
    assert!(errors.contains("  secret_key (from Rocket.toml)"), "{errors}");
    assert!(!errors.contains("s3cret"), "{errors}");
}

#[test]
fn the_url_of_redis_is_printed_nowhere() {
    let config = crate::SessionConfig::new().redis_url("redis://secret-host/7");
    let config = Config::new().app_id("an-app").session(config);
    for printed in [format!("{config:?}"), format!("{config:#?}")] {
        assert!(printed.contains("an-app") && !printed.contains("secret-host"), "{printed}");
    }
    let toml = "[default.logto.session]\nredis = { url = \"redis://:hunter2@host\" }";
    let errors = outcome(&format!("{}\n{toml}", super::COMPLETE)).unwrap_err();
    super::assert_holds(&errors, &["logto.session.redis.url (from Rocket.toml)"]);
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[cfg(feature = "redis")]
#[test]
fn settings_with_redis_print_no_password() {
    let toml =
        "[default.logto.session]\nstore = \"redis\"\nredis = { url = \"redis://u:hunter2@host\" }";
    let (settings, _) = outcome(&format!("{}\n{toml}", super::COMPLETE)).unwrap();
    let printed = format!("{settings:?}");
    assert!(printed.contains("host:6379") && !printed.contains("hunter2"), "{printed}");
}
