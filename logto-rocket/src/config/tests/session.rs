//! The rules for the keys under `session`.

use std::time::Duration;

use super::{COMPLETE, Settings, assert_holds, outcome, with};

fn session(line: &str) -> Result<Settings, String> {
    with(&format!("[default.logto.session]\n{line}"))
}

#[track_caller]
fn assert_session_refused(key: &str, lines: &[&str]) {
    for line in lines {
        let Err(mistakes) = session(line) else { panic!("`{line}` was taken") };
        assert_holds(&mistakes, &["has 1 mistake:", &format!("logto.session.{key} ")]);
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
fn only_the_cookie_store_exists() {
    assert!(session("store = \"cookie\"").is_ok());
    for store in ["memory", "redis"] {
        let mistakes = session(&format!("store = \"{store}\"")).unwrap_err();
        assert_holds(&mistakes, &["logto.session.store", "keeps sessions in cookies only"]);
    }
    assert_session_refused("store", &["store = \"disk\""]);
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
        let mistakes = outcome(&format!("{plain}\n[default.logto.session]\n{line}")).unwrap_err();
        assert_holds(&mistakes, &["logto.session.cookie = \"__Host-id\"", "https"]);
    }
    let none = format!("{plain}\n[default.logto.session]\nsame_site = \"none\"");
    assert_holds(&outcome(&none).unwrap_err(), &["logto.session.same_site = \"none\"", "https"]);
}
