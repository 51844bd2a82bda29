//! Where browsers reach the site: at which hosts, and below which path.

use super::urls::assert_answered;
use super::values::{assert_refused, replaced};
use super::{COMPLETE, Settings, assert_holds, outcome};
use crate::config::{Origin, ProxyPrefix};

/// The origins of the hosts, and what the site's paths begin with.
fn place(settings: &Settings) -> (Vec<&str>, &str) {
    let hosts = settings.base_urls.hosts.iter().map(Origin::as_str).collect();
    (hosts, settings.base_urls.prefix.as_str())
}

/// The outcome with these lines in the place of the usual `base_url`.
fn without_base_url(lines: &str) -> Result<(Settings, Vec<String>), String> {
    outcome(&format!("{}\n{lines}", COMPLETE.replace("base_url", "#")))
}

#[test]
fn a_base_url_is_an_origin_and_perhaps_a_path() {
    for (url, origin, prefix) in [
        ("https://App.example.com:443/", "https://app.example.com", ""),
        ("https://example.com/app", "https://example.com", "/app"),
        ("https://example.com/app/", "https://example.com", "/app"),
        ("https://example.com:8443/a/b-c_d.e~f", "https://example.com:8443", "/a/b-c_d.e~f"),
        ("http://localhost:8000", "http://localhost:8000", ""),
        ("http://app.localhost:8000/x", "http://app.localhost:8000", "/x"),
    ] {
        let settings = replaced(&format!("base_url = \"{url}\"")).unwrap();
        assert_eq!(place(&settings), (vec![origin], prefix));
        assert_eq!(settings.is_https(), url.starts_with("https"), "{url}");
        assert_eq!(settings.base_urls.proxy_prefix, ProxyPrefix::Keep);
    }
    assert_refused(
        "base_url",
        &[
            r#"base_url = "http://app.example.com""#,
            r#"base_url = "https://app.example.com?x""#,
            r#"base_url = "https://user@app.example.com""#,
            r#"base_url = "https://app.example.com/a//b""#,
            r#"base_url = "https://app.example.com/a%20b""#,
            r#"base_url = "https://app.example.com/<tenant>""#,
            r#"base_url = "null""#,
        ],
    );
}

#[test]
fn a_redirect_uri_is_answered_with_the_address_of_the_site() {
    let parts = ["is a redirect URI", "`http://localhost:8000`", "`base`"];
    for end in ["sign-in-callback", "sign-out-callback"] {
        let line = format!("base_url = \"http://localhost:8000/auth/{end}\"");
        assert_answered(&line, &parts);
    }
}

#[test]
fn an_address_that_ends_with_the_path_of_the_routes_is_answered_with_what_to_remove() {
    for (lines, key, base, twice) in [
        ("base_url = \"https://a.example/auth\"", "base_url", "/auth", "/auth/auth"),
        ("base_url = \"https://a.example/x/auth/\"", "base_url", "/auth", "/x/auth/auth"),
        ("base_url = \"https://a.example/in\"\nbase = \"/in\"", "base_url", "/in", "/in/in"),
        ("base_urls = [\"https://a.example/auth\"]", "base_urls", "/auth", "/auth/auth"),
    ] {
        let errors = without_base_url(lines).unwrap_err();
        let ends = format!("ends with `{base}`, the path of `base`");
        let (would, cure) = (format!("below `{twice}`"), format!("remove `{base}` from it"));
        let key = format!("logto.{key}");
        assert_holds(&errors, &["has 1 error:", &key, &ends, &would, &cure, "`proxy_prefix`"]);
    }
    for lines in [
        "base_url = \"https://a.example/auth\"\nbase = \"/login\"",
        "base_url = \"https://a.example/oauth\"",
        "base_url = \"https://a.example/auth/x\"",
    ] {
        without_base_url(lines).unwrap();
    }
}

/// A service may be called like this.
#[test]
fn a_site_may_be_at_the_path_of_the_routes_if_its_proxy_is_described() {
    for mode in ["keep", "strip"] {
        let lines = format!("base_url = \"https://a.example/auth\"\nproxy_prefix = \"{mode}\"");
        let (settings, _) = without_base_url(&lines).unwrap();
        assert_eq!(settings.base_path().as_str(), "/auth/auth");
    }
}

#[test]
fn paths_of_the_configuration_are_written_without_the_path_of_the_site() {
    let lines =
        "base_url = \"https://a.example/app\"\nafter_sign_in = \"/in?x\"\nbase = \"/login\"";
    let (keep, _) = without_base_url(lines).unwrap();
    let strip = format!("{lines}\nproxy_prefix = \"strip\"");
    let (strip, _) = without_base_url(&strip).unwrap();
    for settings in [&keep, &strip] {
        assert_eq!(settings.after_sign_in.as_str(), "/app/in?x");
        assert_eq!(settings.after_sign_out.as_str(), "/app/");
        assert_eq!(settings.base_path().as_str(), "/app/login");
    }
    assert_eq!(keep.mounted_at().as_str(), "/app/login");
    assert_eq!(strip.mounted_at().as_str(), "/login");
}

#[test]
fn what_a_proxy_does_with_no_path_is_warned_about_and_nonsense_refused() {
    let lines = "base_url = \"https://a.example\"\nproxy_prefix = \"strip\"";
    let (_, warnings) = without_base_url(lines).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_holds(&warnings[0], &["logto.proxy_prefix = \"strip\"", "has no effect"]);
    let (_, warnings) = without_base_url("base_url = \"https://a.example/a\"").unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let errors = without_base_url("base_url = \"https://a.example/a\"\nproxy_prefix = \"off\"");
    assert_holds(&errors.unwrap_err(), &["logto.proxy_prefix = \"off\"", "\"keep\"", "\"strip\""]);
}

#[test]
fn a_site_may_be_at_several_hosts() {
    let lines = r#"base_urls = ["https://a.example/x", "https://B.example:8443/x/"]"#;
    let (settings, warnings) = without_base_url(lines).unwrap();
    let hosts = vec!["https://a.example", "https://b.example:8443"];
    assert_eq!(place(&settings), (hosts, "/x"));
    assert!(warnings.is_empty() && settings.is_https());
}

#[test]
fn hosts_that_cannot_go_together_are_refused_with_the_reason() {
    for (urls, parts) in [
        (r"[]", vec!["is an empty list", "name at least one"]),
        (
            r#"["https://a.example", "http://localhost:8000"]"#,
            vec!["`http://localhost:8000` beside `https://a.example`", "another scheme"],
        ),
        (
            r#"["https://a.example/x", "https://b.example/y"]"#,
            vec!["`https://b.example/y` beside `https://a.example/x`", "another path"],
        ),
        (
            r#"["https://a.example", "https://b.example", "https://B.example:443"]"#,
            vec!["has `https://b.example` twice"],
        ),
        (r#"["https://a.example", "b.example"]"#, vec!["is not an http or https URL"]),
    ] {
        let errors = without_base_url(&format!("base_urls = {urls}")).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.base_urls"]);
        assert_holds(&errors, &parts);
    }
    let Err(errors) = replaced(r#"base_urls = ["https://a.example"]"#) else { panic!("taken") };
    assert_holds(&errors, &["has 1 error:", "logto.base_urls", "conflicts with `base_url`"]);
}

#[test]
fn a_host_is_named_in_any_letter_case_with_or_without_the_usual_port() {
    let named = |url: &str, host: &str| {
        let settings = replaced(&format!("base_url = \"{url}\"")).unwrap();
        settings.base_urls.hosts[0].is_named(host)
    };
    for host in ["a.example", "A.EXAMPLE", "a.example:443", "a.Example:443"] {
        assert!(named("https://a.example", host), "{host}");
    }
    assert!(named("http://localhost:8000", "LOCALHOST:8000"));
    assert!(named("http://[::1]:8000", "[::1]:8000"));
    for host in [
        "",
        "a.example.",
        "a.example:80",
        "a.example:8443",
        "a.example:443/",
        "a.example/x",
        "a.example?x",
        "a.example#x",
        "a.example\\x",
        "user@a.example",
        "a.example,b.example",
        " a.example",
        "%61.example",
        "b.example",
        "a.example.b.example",
    ] {
        assert!(!named("https://a.example", host), "{host}");
    }
}
