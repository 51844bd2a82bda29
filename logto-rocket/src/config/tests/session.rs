//! The rules for the keys under `session`.

use std::time::Duration;

use super::{COMPLETE, Settings, assert_holds, debug, jailed, outcome, read, with};
use crate::session::StoreSettings;

fn session(line: &str) -> Result<Settings, String> {
    with(&format!("[default.logto.session]\n{line}"))
}

#[track_caller]
fn assert_session_refused(key: &str, lines: &[&str]) {
    for line in lines {
        let Err(errors) = session(line) else { panic!("`{line}` was taken") };
        assert_holds(&errors, &["has 1 error:", &format!("logto.session.{key} ")]);
    }
}

#[test]
fn a_lifetime_has_a_unit_and_bounds() {
    let lifetime =
        |text: &str| session(&format!("max_lifetime = \"{text}\"")).unwrap().session.max_lifetime;
    assert_eq!(lifetime("1h 30m"), Duration::from_secs(5400));
    assert_eq!(lifetime("400d"), Duration::from_secs(400 * 24 * 3600));
    assert_session_refused(
        "max_lifetime",
        &[
            "max_lifetime = \"401d\"",
            "max_lifetime = \"0s\"",
            "max_lifetime = \"14\"",
            "max_lifetime = 14",
            "max_lifetime = \"-1h\"",
            "max_lifetime = \"none\"",
            "max_lifetime = \"99999999999999999999999d\"",
        ],
    );
}

#[test]
fn the_durations_of_a_help_are_allowed_ones() {
    for (key, wrong) in [("max_lifetime", "900d"), ("idle_timeout", "0s"), ("max_stale", "900d")] {
        let errors = session(&format!("{key} = \"{wrong}\"")).unwrap_err();
        let (_, examples) = errors.split_once("such as ").expect("examples");
        let examples: Vec<_> = examples.split('"').skip(1).step_by(2).collect();
        assert!(examples.len() > 1, "{errors}");
        for example in examples {
            let more = session(&format!("{key} = \"{example}\"")).err().unwrap_or_default();
            assert!(!more.contains("too short") && !more.contains("too long"), "{example}: {more}");
        }
    }
    let errors = super::values::replaced("clock_skew = \"9h\"").unwrap_err();
    assert_holds(&errors, &["such as \"500ms\", \"10s\" or \"90s\""]);
}

#[test]
fn the_cookie_of_a_session_is_not_the_one_of_flash_messages() {
    let errors = session("cookie = \"_flash\"").unwrap_err();
    assert_holds(&errors, &["logto.session.cookie", "Rocket's cookie for flash messages"]);
}

#[test]
fn a_number_in_place_of_a_duration_lacks_its_unit() {
    for key in ["max_lifetime", "idle_timeout", "revalidate_after"] {
        let errors = session(&format!("{key} = 3600")).unwrap_err();
        assert_holds(
            &errors,
            &["= 3600 (from Rocket.toml)", "is not a duration with a unit", "\"1h\""],
        );
    }
}

#[test]
fn an_idle_timeout_is_shorter_than_the_lifetime() {
    let idle = |line: &str| session(line).unwrap().session.idle_timeout;
    assert_eq!(idle("idle_timeout = \"1h\""), Some(Duration::from_secs(3600)));
    assert_eq!(idle("idle_timeout = \"none\""), None);
    let equal = "idle_timeout = \"1h\"\nmax_lifetime = \"1h\"";
    assert_session_refused("idle_timeout", &[equal, "idle_timeout = \"14d\""]);
}

#[test]
fn claims_are_confirmed_before_they_are_too_old_or_never() {
    let settings = session("revalidate_after = \"none\"").unwrap();
    assert_eq!(settings.session.revalidate_after, None);
    assert_eq!(settings.session.max_stale, None);
    let settings = session("revalidate_after = \"2d\"\nmax_stale = \"2d\"").unwrap();
    assert_eq!(settings.session.max_stale, Some(Duration::from_secs(2 * 24 * 3600)));
    assert_session_refused("max_stale", &["max_stale = \"30m\"", "max_stale = \"none\""]);
    assert_session_refused("revalidate_after", &["revalidate_after = \"25h\""]);
}

#[test]
fn user_info_is_kept_only_with_a_list_of_claims() {
    let settings = session("user_info = true\nclaims = [\"custom_data\"]").unwrap();
    assert!(settings.session.user_info);
    let errors = session("user_info = true").unwrap_err();
    let parts = ["logto.session.user_info = true (from Rocket.toml)", "`session.claims`"];
    assert_holds(&errors, &parts);
    assert_session_refused("user_info", &["user_info = \"yes\"\nclaims = []"]);
    assert!(session("user_info = false").is_ok());
}

#[test]
fn a_store_is_one_of_three() {
    let place = |line: &str| session(line).unwrap().session.store;
    assert!(matches!(place("claims = []"), StoreSettings::Cookie));
    assert!(matches!(place("store = \"cookie\""), StoreSettings::Cookie));
    assert!(matches!(place("store = \"memory\""), StoreSettings::Memory));
    assert_session_refused("store", &["store = \"disk\"", "store = \"Redis\"", "store = true"]);
}

#[cfg(feature = "redis")]
#[test]
fn redis_has_a_url() {
    let with_url =
        |url: &str| session(&format!("store = \"redis\"\nredis = {{ url = \"{url}\" }}"));
    for (url, at) in [
        ("redis://localhost", "localhost:6379"),
        ("redis://10.0.0.1:7000/3", "10.0.0.1:7000"),
        ("rediss://shop:hun%2Fter2@redis.example.com/", "redis.example.com:6379"),
        ("rediss://:hunter2@[::1]:7000", "[::1]:7000"),
    ] {
        let StoreSettings::Redis(read) = with_url(url).unwrap().session.store else {
            panic!("{url}")
        };
        assert_eq!(read.place(), at);
    }
    for url in [
        "",
        "localhost:6379",
        "http://:hunter2@localhost",
        "redis://",
        "redis://:hunter2@localhost/sessions",
        "redis://:hunter2@localhost/0?protocol=resp3",
        "rediss://:hunter2@localhost/#insecure",
        "redis://:hunter2@localhost:99999",
        "redis://:hun/ter2@localhost",
    ] {
        let errors = with_url(url).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.session.redis.url (", "`rediss://"]);
        assert!(!errors.contains("ter2"), "{errors}");
    }
    let missing = session("store = \"redis\"").unwrap_err();
    assert_holds(&missing, &["logto.session.redis.url", "is missing", "LOGTO_SESSION__REDIS__URL"]);
}

#[cfg(not(feature = "redis"))]
#[test]
fn redis_needs_its_feature() {
    let errors = session("store = \"redis\"\nredis = { url = \"redis://localhost\" }").unwrap_err();
    assert_holds(&errors, &["has 1 error:", "logto.session.store", "features = [\"redis\"]"]);
}

#[test]
fn a_url_without_its_store_is_an_error() {
    for store in ["", "store = \"cookie\"", "store = \"memory\""] {
        let url = "redis = { url = \"redis://:hunter2@localhost\" }";
        let errors = session(&format!("{store}\n{url}")).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.session.redis.url", "has no effect"]);
        assert!(!errors.contains("hunter2"), "{errors}");
    }
}

#[test]
fn a_store_is_named_once() {
    for line in ["store = \"cookie\"", "store = \"memory\"", "redis = { url = \"redis://x\" }"] {
        jailed(|jail| {
            let figment = debug(jail, &format!("{COMPLETE}\n[default.logto.session]\n{line}"));
            let errors = read(&figment, None, true).unwrap_err().to_string();
            assert_holds(&errors, &["has 1 error:", "`Logto::fairing().store(…)`", "remove one"]);
        });
    }
    jailed(|jail| {
        let (settings, _) = read(&debug(jail, COMPLETE), None, true).unwrap();
        assert!(matches!(settings.session.store, StoreSettings::Own));
    });
}

#[test]
fn what_has_an_effect_on_cookies_only_is_warned_of() {
    let warnings = |lines: &str| {
        let (_, warnings) =
            outcome(&format!("{COMPLETE}\n[default.logto.session]\n{lines}")).unwrap();
        warnings
    };
    let bytes = "max_cookie_bytes = 2000\nclaims = [\"name\"]";
    assert!(warnings(bytes).is_empty());
    let warned = warnings(&format!("store = \"memory\"\n{bytes}"));
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert_holds(&warned[0], &["logto.session.max_cookie_bytes", "has no effect"]);
}

#[test]
fn a_cookies_name_and_attributes_are_such_that_browsers_keep_it() {
    let lines = ["cookie = \"__Host-id\"", "same_site = \"strict\"", "same_site = \"none\""];
    for line in lines {
        assert!(session(line).is_ok(), "{line}");
    }
    let bytes = session("max_cookie_bytes = 1000").unwrap().session.max_cookie_bytes;
    assert_eq!(bytes, 1000);
    assert_session_refused("cookie", &["cookie = \"\"", "cookie = \"a b\"", "cookie = \"a%41\""]);
    assert_session_refused("same_site", &["same_site = \"Lax\"", "same_site = true"]);
    assert_session_refused("max_cookie_bytes", &["max_cookie_bytes = 999"]);
    assert_session_refused("max_cookie_bytes", &["max_cookie_bytes = 7001"]);
    assert_session_refused("max_cookie_bytes", &["max_cookie_bytes = 1000.5"]);

    let plain = COMPLETE.replace("https://app.example.com", "http://localhost:8000");
    for line in &lines[..1] {
        let errors = outcome(&format!("{plain}\n[default.logto.session]\n{line}")).unwrap_err();
        assert_holds(&errors, &["logto.session.cookie = \"__Host-id\"", "https"]);
    }
    let none = format!("{plain}\n[default.logto.session]\nsame_site = \"none\"");
    assert_holds(&outcome(&none).unwrap_err(), &["logto.session.same_site = \"none\"", "https"]);
}
