//! How errors are reported: all at once, each with key, source and remedy.

use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, release, with};
use crate::Config;

#[test]
fn all_errors_are_in_one_report() {
    jailed(|jail| {
        let toml = r#"
            [default.logto]
            endpoint = "http://example.com"
            basee = "/auth"
            base = "auth/"
            scopes = ["email phone", "roles"]
            prompt = "select_account"
            trusted_origins = ["https://a.example/path"]
            [default.logto.session]
            max_lifetime = "2 fortnights"
            max_cookies = 4
        "#;
        let figment = release(jail, toml);
        let errors = outcome_of(&figment, None).unwrap_err();
        assert_holds(&errors, &["has 11 errors:"]);
        let parts = [
            "logto.endpoint = \"http://example.com\" (from Rocket.toml)",
            "logto.basee (from Rocket.toml)",
            "logto.base = \"auth/\" (from Rocket.toml)",
            "logto.scopes = \"email phone\" (from Rocket.toml)",
            "logto.prompt = \"select_account\" (from Rocket.toml)",
            "logto.trusted_origins = \"https://a.example/path\" (from Rocket.toml)",
            "logto.session.max_lifetime = \"2 fortnights\" (from Rocket.toml)",
            "logto.session.max_cookies (from Rocket.toml)",
            "logto.app_id\n    is missing",
            "logto.app_secret\n    is missing",
            "logto.base_url\n    is missing",
        ];
        assert_holds(&errors, &parts);
    });
}

#[test]
fn each_layer_is_named() {
    jailed(|jail| {
        jail.set_env("ROCKET_LOGTO", "{base=\"b b\"}");
        jail.set_env("LOGTO_APP_ID", "c c");
        jail.set_env("LOGTO_SESSION__COOKIE", "d d");
        let toml = format!("{COMPLETE}\nprompt = \"a a\"");
        let figment = debug(jail, &toml).merge(("logto.timeout", "e e"));
        let config = Config::new().after_sign_in("f f");
        let errors = outcome_of(&figment, Some(&config)).unwrap_err();
        let parts = [
            "logto.prompt = \"a a\" (from Rocket.toml)",
            "logto.base = \"b b\" (from ROCKET_LOGTO)",
            "logto.app_id = \"c c\" (from LOGTO_APP_ID)",
            "logto.session.cookie = \"d d\" (from LOGTO_SESSION__COOKIE)",
            "logto.timeout = \"e e\" (from code at ",
            "logto.after_sign_in = \"f f\" (from Config in code)",
        ];
        assert_holds(&errors, &parts);
    });
}

#[test]
fn a_misspelt_key_is_answered_with_the_right_one() {
    let meant = [
        ("app_secrt = 1", "app_secret"),
        ("endpont = 1", "endpoint"),
        ("scope = 1", "scopes"),
        ("\"session.cookie\" = 1", "session.cookie"),
        ("sesion = { cookie = 1 }", "session"),
        ("max_lifetime = 1", "session.max_lifetime"),
        ("[default.logto.session]\nmax_lifetme = 1", "session.max_lifetime"),
        ("[default.logto.session.redis]\nurI = 1", "session.redis.url"),
    ];
    for (more, key) in meant {
        let errors = with(more).unwrap_err();
        assert_holds(&errors, &["has 1 error:", &format!("did you mean `logto.{key}`?")]);
    }
    let errors = with("zebra = 1").unwrap_err();
    assert_holds(&errors, &["logto.zebra", "is not a key of this configuration", "remove it"]);
}

#[test]
fn what_should_be_a_table_is_no_text() {
    for more in ["session = \"cookie\"", "session = { redis = \"redis://:hunter2@host\" }"] {
        let errors = with(more).unwrap_err();
        assert_holds(&errors, &["logto.session", "is not a table of keys"]);
        assert!(!errors.contains("hunter2"), "{errors}");
    }
    jailed(|jail| {
        jail.set_env("LOGTO_BASE", "/auth");
        let errors = outcome_of(&debug(jail, "[default]\nlogto = 5"), None).unwrap_err();
        let parts = ["has 1 error:", "  logto (from Rocket.toml)", "is not a table of keys"];
        assert_holds(&errors, &parts);
    });
}

#[test]
fn the_table_of_a_profile_named_logto_is_no_configuration() {
    let toml = COMPLETE.replace("[default.logto]", "[logto]");
    let errors = outcome(&toml).unwrap_err();
    assert_holds(&errors, &["  [logto] (from Rocket.toml)", "name the table `[default.logto]`"]);
    let tables = format!("{COMPLETE}\n[logto.session]\nstore = \"memory\"");
    assert_holds(&outcome(&tables).unwrap_err(), &["has 1 error:", "[logto]"]);
    jailed(|jail| {
        let figment = debug(jail, &toml.replace("[logto]", "[logto.logto]")).select("logto");
        let errors = outcome_of(&figment, None).unwrap_err();
        assert!(!errors.contains("[logto]"), "the profile is selected:\n{errors}");
    });
}

#[test]
fn without_any_configuration_the_report_says_what_to_give() {
    let errors = outcome("").unwrap_err();
    assert_holds(&errors, &["has 3 errors:", "logto.endpoint\n    is missing"]);
    assert_holds(&errors, &["`LOGTO_APP_ID`", "`LOGTO_APP_SECRET`", "[default.logto]"]);
}

#[test]
fn a_wrong_value_is_escaped_and_cut() {
    let long = format!("base = \"a\\n\\u001b\\u202e{}\"", "x".repeat(200));
    let errors = with(&long).unwrap_err();
    assert_holds(&errors, &["logto.base = \"a\\n\\u{1b}\\u{202e}xx", "x…\""]);
    assert!(!errors.contains(&"x".repeat(80)), "{errors}");
    assert!(!errors.contains(['\u{1b}', '\u{202e}']), "{errors}");
}

#[test]
fn a_broken_file_is_reported_without_its_text() {
    let errors = outcome("[default.logto]\napp_secret = \"hunter2").unwrap_err();
    assert_holds(&errors, &["has 1 error:", "logto (from Rocket.toml)", "cannot be read"]);
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[test]
fn one_wrong_value_is_one_error() {
    for more in [
        "[default.logto.session]\nmax_lifetime = \"x\"\nidle_timeout = \"20d\"",
        "[default.logto.session]\nmax_stale = \"x\"\nrevalidate_after = \"48h\"",
        "secret_keys = [\"x\"]",
        "include_reserved_scopes = false\nscopes = [\"a b\"]",
    ] {
        assert_holds(&with(more).unwrap_err(), &["has 1 error:"]);
    }
}
