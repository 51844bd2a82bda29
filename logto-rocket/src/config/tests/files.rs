//! Values that files hold which `LOGTO_*_FILE` variables name: secrets of Docker and Kubernetes.

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of};

const KEY: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";

/// A file that only its owner and group can read, as a warning asks for.
fn file(jail: &figment::Jail, name: &str, text: &[u8]) {
    jail.create_binary(name, text).unwrap();
    set_mode(jail, name, 0o640);
}

fn set_mode(jail: &figment::Jail, name: &str, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let path = jail.directory().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (jail, name, mode);
}

#[test]
fn a_variable_with_file_names_a_file_with_the_value_and_trailing_line_ends_are_trimmed() {
    jailed(|jail| {
        for ends in ["", "\n", "\r\n", "\n\n"] {
            file(jail, "secret", format!("from-a-file{ends}").as_bytes());
            jail.set_env("LOGTO_APP_SECRET_FILE", "secret");
            let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
            assert_eq!(settings.app_secret.reveal(), "from-a-file", "{ends:?}");
            assert_eq!(warnings, Vec::<String>::new());
        }
    });
}

#[test]
fn every_key_can_come_from_a_file_nested_ones_and_numbers_too() {
    jailed(|jail| {
        let values = [
            ("APP_ID", "00123"),
            ("SESSION__MAX_LIFETIME", "8h"),
            ("SESSION__MAX_COOKIE_BYTES", "3000"),
            ("ROUTES__USER", "false"),
            ("BASE_URL", "https://other.example.com"),
        ];
        for (variable, text) in values {
            file(jail, variable, text.as_bytes());
            jail.set_env(format!("LOGTO_{variable}_FILE"), variable);
        }
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.app_id, "00123");
        assert_eq!(settings.session.max_cookie_bytes, 3000);
        assert!(settings.routes.user.is_none());
        assert_eq!(settings.base_urls.hosts[0].as_str(), "https://other.example.com");
    });
}

#[test]
fn a_list_in_a_file_has_one_element_a_line() {
    jailed(|jail| {
        file(jail, "keys", format!("{KEY}\r\n\n{KEY}\n").as_bytes());
        file(jail, "claims", b"my claim, with a comma\nroles\n");
        jail.set_env("LOGTO_SECRET_KEYS_FILE", "keys");
        jail.set_env("LOGTO_SESSION__CLAIMS_FILE", "claims");
        file(
            jail,
            "hooks",
            b"8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk\nOther8KeyOfLogtosThatHas32Letters\n",
        );
        jail.set_env("LOGTO_WEBHOOK__SIGNING_KEYS_FILE", "hooks");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.secret_keys.len(), 2);
        assert!(settings.webhook.is_some());
        assert_eq!(settings.session.claims.unwrap(), ["my claim, with a comma", "roles"]);
    });
}

#[test]
fn signing_keys_of_webhooks_in_a_file_stand_one_on_a_line() {
    jailed(|jail| {
        let (one, other) = ("a".repeat(32), "b".repeat(32));
        file(jail, "keys", format!("{one}\n{other}\n").as_bytes());
        jail.set_env("LOGTO_WEBHOOK__SIGNING_KEYS_FILE", "keys");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(format!("{:?}", settings.webhook.unwrap().keys), "SigningKeys(2)");
    });
}

#[test]
fn a_value_and_a_file_for_one_key_are_a_mistake() {
    jailed(|jail| {
        file(jail, "secret", b"from-a-file");
        jail.set_env("LOGTO_APP_SECRET_FILE", "secret");
        jail.set_env("LOGTO_APP_SECRET", "from-a-variable");
        let errors = outcome_of(&debug(jail, COMPLETE), None).unwrap_err();
        assert_holds(
            &errors,
            &[
                "has 1 error:",
                "logto.app_secret (from LOGTO_APP_SECRET and LOGTO_APP_SECRET_FILE)",
                "is set by both",
                "help: unset one of the two",
            ],
        );
        jail.set_env("LOGTO_APP_SECRET", "");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.app_secret.reveal(), "from-a-file", "an empty one is absent");
    });
}

/// Guards against this mistake: an API whose environment is also that of the site did not launch without the
/// site's secret.
#[test]
fn a_pure_api_reads_no_file_of_a_key_that_it_does_not_have() {
    jailed(|jail| {
        jail.set_env("LOGTO_APP_SECRET_FILE", "missing");
        jail.set_env("LOGTO_SESSION__REDIS__URL_FILE", "missing");
        assert!(crate::config::read_resource_server(&debug(jail, COMPLETE), None).is_ok());
    });
}

#[test]
fn an_empty_variable_names_no_file() {
    jailed(|jail| {
        jail.set_env("LOGTO_APP_SECRET_FILE", " ");
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.app_secret.reveal(), "hush-hush");
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn a_file_that_gives_no_value_is_an_error_with_its_path() {
    jailed(|jail| {
        file(jail, "empty", b"\n");
        file(jail, "binary", b"\xff\xfe");
        file(jail, "lines", b"one\ntwo");
        file(jail, "long", "x".repeat(64 * 1024 + 1).as_bytes());
        jail.create_dir("folder").unwrap();
        let cases = [
            ("missing", "does not exist"),
            ("folder", "cannot be read"),
            ("empty", "is empty"),
            ("binary", "is not UTF-8 text"),
            ("lines", "has several lines"),
            ("long", "is longer than 64 KiB"),
        ];
        // A key that is required is not told to be missing as well.
        for (path, what) in cases {
            jail.set_env("LOGTO_APP_ID_FILE", path);
            let toml = COMPLETE.replace("app_id = \"an-app\"", "");
            let errors = outcome_of(&debug(jail, &toml), None).unwrap_err();
            let source =
                format!("logto.app_id (from the file {path}, which LOGTO_APP_ID_FILE names)");
            assert_holds(&errors, &["has 1 error:", &source, what, "help: "]);
        }
    });
}

#[test]
fn no_value_of_a_file_is_shown_and_its_path_is() {
    jailed(|jail| {
        jail.set_env("LOGTO_ENDPOINT_FILE", "place");
        for value in ["s3cret", "s3cret.example.com", "http://s3cret.example.com"] {
            file(jail, "place", value.as_bytes());
            let errors = outcome_of(&debug(jail, COMPLETE), None).unwrap_err();
            let source = "logto.endpoint (from the file place, which LOGTO_ENDPOINT_FILE names)";
            assert_holds(&errors, &["has 1 error:", source]);
            assert!(!errors.contains("s3cret"), "{errors}");
        }
    });
}

#[test]
fn no_part_of_a_value_of_a_file_is_shown_either() {
    jailed(|jail| {
        for (variable, text) in [
            ("ENDPOINT", "https://s3cret.example/.well-known/openid-configuration"),
            ("ISSUER", "https://s3cret.example/.well-known/openid-configuration"),
            ("BASE_URL", "https://example.com//s3cret"),
            ("BASE_URL", "https://s3cret.example/sign-in-callback"),
            ("BASE_URLS", "https://a.example\nhttps://s3cret.example/app"),
            ("BASE_URLS", "https://s3cret.example\nhttps://s3cret.example"),
            ("TRUSTED_ORIGINS", "https://s3cret.example/app"),
        ] {
            file(jail, "value", text.as_bytes());
            let toml = match variable {
                "BASE_URLS" => COMPLETE.replace("base_url", "after_sign_in = \"/\" #"),
                _ => COMPLETE.to_owned(),
            };
            let name = format!("LOGTO_{variable}_FILE");
            jail.set_env(&name, "value");
            let errors = outcome_of(&debug(jail, &toml), None).unwrap_err();
            jail.set_env(&name, "");
            assert!(errors.contains(&name), "{errors}");
            assert!(!errors.contains("s3cret"), "{errors}");
        }
    });
}

#[test]
fn no_value_of_a_file_is_shown_in_a_warning() {
    jailed(|jail| {
        file(jail, "place", b"http://s3cret-host:3001");
        jail.set_env("LOGTO_INTERNAL_ENDPOINT_FILE", "place");
        let figment = super::release(jail, COMPLETE);
        let (_, warnings) = outcome_of(&figment, None).unwrap();
        assert_holds(&warnings.concat(), &["logto.internal_endpoint (from the file place"]);
        assert!(!warnings.concat().contains("s3cret"), "{warnings:?}");
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_every_user_can_read_is_a_warning() {
    jailed(|jail| {
        file(jail, "secret", b"from-a-file");
        set_mode(jail, "secret", 0o444);
        jail.set_env("LOGTO_APP_SECRET_FILE", "secret");
        let (_, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
        assert_holds(
            warning,
            &["logto.app_secret", "the file secret", "every user", "mode 0444", "0440"],
        );
        assert!(!warning.contains("from-a-file"), "{warning}");
    });
}

#[test]
fn the_file_of_certificates_is_named_by_its_own_variable() {
    jailed(|jail| {
        file(jail, "ca.pem", super::values::AUTHORITY.as_bytes());
        jail.set_env("LOGTO_CA_CERTIFICATES_FILE", "ca.pem");
        let errors = outcome_of(&debug(jail, COMPLETE), None).unwrap_err();
        assert_holds(&errors, &["logto.ca_certificates", "help: ", "`LOGTO_CA_CERTIFICATES`"]);
    });
}

#[test]
fn an_unknown_variable_with_file_is_a_warning() {
    jailed(|jail| {
        jail.set_env("LOGTO_APP_SECRT_FILE", "secret");
        let (_, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
        assert_holds(warning, &["`LOGTO_APP_SECRT_FILE`", "did you mean `LOGTO_APP_SECRET_FILE`?"]);
    });
}
