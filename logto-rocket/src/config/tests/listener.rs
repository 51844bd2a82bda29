//! What the launch warns about where the configuration and what Rocket listens on do not fit.

use rocket::figment::Figment;

use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, release};

/// The warnings with `base_url` in the place of the usual one.
fn warnings(figment: impl FnOnce(&figment::Jail, &str) -> Figment, base_url: &str) -> Vec<String> {
    let toml = COMPLETE.replace("https://app.example.com", base_url);
    let mut warnings = Vec::new();
    jailed(|jail| warnings = outcome_of(&figment(jail, &toml), None).unwrap().1);
    warnings
}

#[track_caller]
fn assert_warned(warnings: &[String], parts: &[&str]) {
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_holds(&warnings[0], parts);
}

#[test]
fn an_address_of_this_machine_outside_the_debug_profile_is_warned_about() {
    for base_url in ["http://localhost:8000", "http://app.localhost:8000"] {
        let value = format!("logto.base_url = \"{base_url}\" (from Rocket.toml)");
        let parts = [&value, "this machine", "`release`", "the address that browsers see"];
        assert_warned(&warnings(release, base_url), &parts);
        assert!(warnings(debug, base_url).is_empty(), "{base_url}");
    }
    assert!(warnings(release, "https://app.example.com").is_empty());
}

#[test]
fn another_port_of_this_machine_than_rockets_is_warned_about() {
    let value = "logto.base_url = \"http://localhost:3000\" (from Rocket.toml)";
    let parts = [value, "port 3000", "port 8000", "unless a proxy", "`http://localhost:8000`"];
    assert_warned(&warnings(debug, "http://localhost:3000"), &parts);
    assert_warned(&warnings(debug, "http://localhost"), &["port 80,"]);
    let at_3000 = |jail: &figment::Jail, toml: &str| debug(jail, toml).merge(("port", 3000));
    assert!(warnings(at_3000, "http://localhost:3000").is_empty());
    assert!(warnings(at_3000, "http://127.0.0.1:3000").is_empty());
}

#[test]
fn https_of_this_machine_without_tls_is_warned_about() {
    let parts =
        ["logto.base_url = \"https://localhost:8000\"", "no TLS", "`http://localhost:8000`"];
    assert_warned(&warnings(debug, "https://localhost:8000"), &parts);
}

/// What is behind a reverse proxy usually has another port, and the proxy has the TLS.
#[test]
fn another_host_may_have_any_port_and_scheme() {
    for base_url in ["https://app.example.com", "https://app.example.com:8443"] {
        assert!(warnings(debug, base_url).is_empty() && warnings(release, base_url).is_empty());
    }
}

/// The system chooses the port, and a test client never listens.
#[test]
fn a_port_that_is_not_known_yet_is_not_compared() {
    let at_any = |jail: &figment::Jail, toml: &str| debug(jail, toml).merge(("port", 0));
    assert!(warnings(at_any, "http://localhost:3000").is_empty());
}

#[test]
fn a_cookie_over_https_without_host_prefix_is_warned_about() {
    let warned = |origin: &str, cookie: &str| {
        let toml = COMPLETE.replace("https://app.example.com", origin);
        let cookie = format!("[default.logto.session]\ncookie = \"{cookie}\"");
        outcome(&format!("{toml}\n{cookie}")).unwrap().1
    };
    for name in ["session", "__Secure-session"] {
        let value = format!("logto.session.cookie = \"{name}\" (from Rocket.toml)");
        let parts = [&value, "other hosts of the same domain", "`__Host-session`"];
        assert_warned(&warned("https://app.example.com", name), &parts);
    }
    assert!(warned("https://app.example.com", "__Host-session").is_empty());
    assert!(warned("http://localhost:8000", "session").is_empty());
}
