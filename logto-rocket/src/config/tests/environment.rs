//! What the `LOGTO_*` variables may hold: people write them by hand, in shells and in files of
//! containers.

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of};
use crate::Config;

#[test]
fn a_list_in_the_environment_is_split_at_commas_and_blanks() {
    jailed(|jail| {
        for scopes in
            ["email,roles", "email, roles", " email  roles ", "email,\troles,", "[email,roles]"]
        {
            jail.set_env("LOGTO_SCOPES", scopes);
            let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
            assert_eq!(settings.scopes, ["email", "roles"], "{scopes:?}");
        }
        jail.set_env("LOGTO_SESSION__CLAIMS", "name,roles");
        jail.set_env("LOGTO_RESOURCES", "https://a.example https://b.example");
        jail.set_env("LOGTO_TRUSTED_ORIGINS", "https://a.example,https://b.example");
        let key = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
        jail.set_env("LOGTO_SECRET_KEYS", format!("{key},{key}"));
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.session.claims.unwrap(), ["name", "roles"]);
        assert_eq!(settings.resources, ["https://a.example", "https://b.example"]);
        assert_eq!((settings.trusted_origins.len(), settings.secret_keys.len()), (2, 2));
    });
}

#[test]
fn a_list_in_rockets_environment_is_split_too() {
    jailed(|jail| {
        jail.set_env("ROCKET_LOGTO", r#"{scopes="email,roles"}"#);
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.scopes, ["email", "roles"]);
    });
}

#[test]
fn an_element_of_a_written_list_and_a_text_in_a_file_are_never_split() {
    jailed(|jail| {
        jail.set_env("LOGTO_SESSION__CLAIMS", r#"["my claim", "a,b"]"#);
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.session.claims.unwrap(), ["my claim", "a,b"]);
        for scopes in [r#""email roles""#, r#"["email roles"]"#] {
            let toml = format!("{COMPLETE}\nscopes = {scopes}");
            let errors = outcome_of(&debug(jail, &toml), None).unwrap_err();
            assert_holds(&errors, &["logto.scopes = \"email roles\" (from Rocket.toml)"]);
        }
    });
}

#[test]
fn an_empty_variable_counts_as_absent() {
    jailed(|jail| {
        for variable in [
            "LOGTO_INTERNAL_ENDPOINT",
            "LOGTO_ISSUER",
            "LOGTO_SCOPES",
            "LOGTO_PROMPT",
            "LOGTO_SESSION__IDLE_TIMEOUT",
            "LOGTO_SESSION__REDIS__URL",
            "LOGTO_CA_CERTIFICATES",
            "LOGTO_SECRET_KEYS",
            "LOGTO_APP_SECRET",
        ] {
            jail.set_env(variable, "");
        }
        jail.set_env("LOGTO_ROUTES__USER", "  ");
        let config = Config::new().internal_endpoint("http://logto:3001");
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), Some(&config)).unwrap();
        assert_eq!(settings.app_secret.reveal(), "hush-hush", "what lies below stays");
        assert_eq!(settings.connection.internal_endpoint.unwrap().as_str(), "http://logto:3001/");
        assert!(settings.scopes.is_empty() && settings.routes.user.is_some());
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn a_required_value_that_is_an_empty_variable_is_missing_and_the_variable_is_named() {
    jailed(|jail| {
        for variable in ["LOGTO_ENDPOINT", "LOGTO_APP_ID", "LOGTO_APP_SECRET"] {
            jail.set_env(variable, "");
        }
        let errors = outcome_of(&debug(jail, ""), None).unwrap_err();
        assert_holds(&errors, &["has 3 errors:"]);
        for (key, variable) in [
            ("endpoint", "LOGTO_ENDPOINT"),
            ("app_id", "LOGTO_APP_ID"),
            ("app_secret", "LOGTO_APP_SECRET"),
        ] {
            let line = format!("logto.{key} (from {variable}, which is empty)\n    is missing");
            assert_holds(&errors, &[&line]);
        }
    });
}

#[test]
fn an_odd_value_is_an_error_that_names_the_variable() {
    jailed(|jail| {
        for (variable, text) in [
            ("LOGTO_SCOPES", "[email,roles"),
            ("LOGTO_SCOPES", "email,roles]"),
            ("LOGTO_SCOPES", "{email=1}"),
            ("LOGTO_SCOPES", "{}"),
            ("LOGTO_APP_ID", "[an-app]"),
            ("LOGTO_APP_ID", "{an=app}"),
            ("LOGTO_APP_ID", "\"\""),
            ("LOGTO_ENDPOINT", "[]"),
            ("LOGTO_BASE_URL", ","),
            ("LOGTO_PUSHED_AUTHORIZATION", "yes"),
            ("LOGTO_PUSHED_AUTHORIZATION", "[true]"),
            ("LOGTO_TIMEOUT", "10"),
            ("LOGTO_SESSION__MAX_COOKIE_BYTES", "many"),
            ("LOGTO_SESSION__STORE", "{}"),
            ("LOGTO_SESSION__CLAIMS", "[[name]]"),
            ("LOGTO_SECRET_KEYS", ","),
            ("LOGTO_SECRET_KEYS", "[]"),
        ] {
            jail.clear_env();
            jail.set_env(variable, text);
            let Err(errors) = outcome_of(&debug(jail, COMPLETE), None) else {
                panic!("{variable}={text} was taken")
            };
            assert_holds(&errors, &["has 1 error:", &format!("(from {variable})"), "help: "]);
        }
    });
}
