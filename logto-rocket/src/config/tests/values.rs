//! Each rule: what is right is read, what is wrong is refused.

use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, release, with};
use crate::SiteData;

/// The certificate of an authority.
pub(super) const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBkDCCATWgAwIBAgIUR9C4N4B3BVEGQIivQWsEbNFgsugwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRRXhhbXBsZSBBdXRob3JpdHkwIBcNMjYxMTIzMTYxMTM4WhgP
MjEyNjEwMzAxNjExMzhaMBwxGjAYBgNVBAMMEUV4YW1wbGUgQXV0aG9yaXR5MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECEgfExPMxg4HcRW+zUfREJT053eqgwNV
a58aZkWAMGSNU5xi5pusMmQ0+vUHFLZNuOjoKJR938+Z5goI9gKZA6NTMFEwHQYD
VR0OBBYEFBn92U1e0N3VcZZNfKkkDcUFJqRNMB8GA1UdIwQYMBaAFBn92U1e0N3V
cZZNfKkkDcUFJqRNMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
APcCyLpwKXQTHRier7+Oy1lNukLvW/vlWSFcv99DnMNGAiEAwz+HQYQDO9faM+r3
mWMXjZNsiHM11tj92nj6VnwF2lQ=
-----END CERTIFICATE-----
";

/// Asserts that [`COMPLETE`] with each of `lines` is refused for `key` alone.
#[track_caller]
pub(super) fn assert_refused(key: &str, lines: &[&str]) {
    for line in lines {
        let Err(errors) = replaced(line) else { panic!("`{line}` was taken") };
        assert_holds(&errors, &["has 1 error:", &format!("\n  logto.{key} ")]);
    }
}

#[track_caller]
pub(super) fn assert_taken(lines: &[&str]) {
    for line in lines {
        if let Err(errors) = replaced(line) {
            panic!("`{line}` was refused: {errors}");
        }
    }
}

/// [`COMPLETE`] with `line` instead of its line of the same key.
pub(super) fn replaced(line: &str) -> Result<super::Settings, String> {
    let key = format!("{} =", line.split(' ').next().unwrap());
    let kept = COMPLETE.lines().filter(|kept| !kept.trim_start().starts_with(&key));
    let toml = kept.collect::<Vec<_>>().join("\n");
    outcome(&format!("{toml}\n{line}")).map(|(settings, _)| settings)
}

#[test]
fn only_debug_can_do_without_a_base_url() {
    jailed(|jail| {
        let bare = COMPLETE.replace("base_url", "#");
        let (settings, _) = outcome_of(&debug(jail, &bare), None).unwrap();
        assert!(settings.base_urls.hosts.is_empty());
        assert_eq!(settings.hosts_for_port(8000)[0].as_str(), "http://localhost:8000");
        assert_eq!(settings.hosts_for_port(80)[0].as_str(), "http://localhost");
        let errors = outcome_of(&release(jail, &bare), None).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.base_url\n    is missing"]);
        let staging = release(jail, &bare).select("staging");
        assert!(outcome_of(&staging, None).is_err());
        assert!(outcome_of(&release(jail, COMPLETE), None).is_ok());
    });
}

#[test]
fn a_base_is_a_path_that_rocket_mounts() {
    for base in ["/auth", "/my/sign-in_v1.0~"] {
        let settings = replaced(&format!("base = \"{base}\"")).unwrap();
        let rocket = rocket::build().mount(settings.base.as_str(), Vec::<rocket::Route>::new());
        drop(rocket);
        assert_eq!(settings.base.to_string(), base);
    }
    for base in
        ["/", "", "auth", "/auth/", "//a", "/a//b", "/<org>", "/a?b", "/a/../b", "/ä", "/%61"]
    {
        assert_refused("base", &[&format!("base = \"{base}\"")]);
    }
}

#[test]
fn scopes_and_resources_are_what_their_specifications_allow() {
    assert_taken(&[
        r#"scopes = ["email", "urn:logto:scope:organizations", "read:orders"]"#,
        r#"resources = ["https://api.example.com/v1?x=1", "urn:logto:resource:organizations"]"#,
    ]);
    assert_refused("scopes", &[r#"scopes = [""]"#, r#"scopes = "a b""#, r#"scopes = ["a\"b"]"#]);
    assert_refused(
        "resources",
        &[
            r#"resources = ["/orders"]"#,
            r#"resources = ["orders"]"#,
            r#"resources = ["https://api.example.com#x"]"#,
            r#"resources = ["https://a.example,https://b.example"]"#,
            r#"resources = ["https://a.example b"]"#,
            "resources = [[]]",
        ],
    );
}

#[test]
fn reserved_scopes_are_left_out_only_if_openid_is_asked_for() {
    assert_refused("include_reserved_scopes", &["include_reserved_scopes = false"]);
    let with_openid = "include_reserved_scopes = false\nscopes = [\"openid\"]";
    let (settings, warnings) = outcome(&format!("{COMPLETE}\n{with_openid}")).unwrap();
    assert!(!settings.include_reserved_scopes);
    assert_holds(&warnings.join("\n"), &["`offline_access`", "no refresh token"]);
}

#[test]
fn a_prompt_without_consent_is_warned_about() {
    for (prompt, warned) in [("consent", 0), ("login consent", 0), ("login", 1), ("none", 1)] {
        let (settings, warnings) = outcome(&format!("{COMPLETE}\nprompt = \"{prompt}\"")).unwrap();
        let sent: Vec<_> = settings.prompt.iter().map(|prompt| prompt.as_str()).collect();
        assert_eq!((sent.join(" ").as_str(), warnings.len()), (prompt, warned), "{warnings:?}");
        assert!(warnings.iter().all(|warning| warning.contains("no refresh token")));
    }
    for prompt in ["", "select_account", "none login", "login login", "login  consent", "Consent"] {
        assert_refused("prompt", &[&format!("prompt = \"{prompt}\"")]);
    }
}

#[test]
fn what_issuers_do_in_different_ways_has_few_values() {
    let (ours, others) =
        (["ES384", "ES256", "RS256", "PS256"], ["es384", "ES512", "HS256", "none"]);
    for algorithm in ours {
        let settings = replaced(&format!("signing_algorithm = \"{algorithm}\"")).unwrap();
        let read = settings.connection.signing_algorithm.unwrap();
        assert_eq!(read.to_string(), algorithm);
    }
    for algorithm in others.into_iter().chain([""]) {
        let line = format!("signing_algorithm = \"{algorithm}\"");
        assert_refused("signing_algorithm", &[&line, "signing_algorithm = [\"ES384\"]"]);
    }
    let key = "client_authentication";
    assert_taken(&[r#"client_authentication = "basic""#, r#"client_authentication = "post""#]);
    assert_refused(key, &[r#"client_authentication = "client_secret_post""#]);
    assert_taken(&[r#"backchannel_logout.typ = "required""#]);
    let wrong = [r#"backchannel_logout.typ = "none""#, "backchannel_logout.typ = false"];
    assert_refused("backchannel_logout.typ", &wrong);
}

#[test]
fn an_algorithm_in_other_letters_is_answered_with_its_name() {
    for (given, name) in [("es384", "ES384"), ("Es256", "ES256"), ("rs256", "RS256")] {
        let errors = replaced(&format!("signing_algorithm = \"{given}\"")).unwrap_err();
        assert_holds(&errors, &["letter case"]);
        assert!(errors.ends_with(&format!("    help: write \"{name}\"")), "{errors}");
    }
    for (given, why) in [("hs256", "shared secret"), ("NONE", "tokens that anybody makes")] {
        let errors = replaced(&format!("signing_algorithm = \"{given}\"")).unwrap_err();
        assert_holds(&errors, &[why]);
    }
}

#[test]
fn paths_after_sign_in_and_sign_out_stay_on_this_site() {
    assert_taken(&[r#"after_sign_in = "/a?b=c""#, r#"after_sign_out = "/bye""#]);
    assert_refused("after_sign_in", &[r#"after_sign_in = "//evil.example""#]);
    assert_refused("after_sign_out", &[r#"after_sign_out = "https://evil.example""#]);
}

#[test]
fn times_with_logto_have_bounds() {
    assert_taken(&["clock_skew = \"5m\"", "clock_skew = \"0s\"", "timeout = \"100ms\""]);
    assert_refused("clock_skew", &["clock_skew = \"301s\""]);
    assert_refused("timeout", &["timeout = \"0s\"", "timeout = \"1h\""]);
    assert_refused("connect_timeout", &["connect_timeout = \"99ms\""]);
}

#[test]
fn ids_and_secrets_are_visible_ascii() {
    assert_refused("app_id", &["app_id = \"\"", "app_id = \"a b\"", "app_id = \"…\""]);
    assert_refused("app_secret", &["app_secret = \"\"", "app_secret = \" a\"", "app_secret = 5"]);
    let key = "pushed_authorization";
    assert_refused(key, &["pushed_authorization = \"yes\"", "pushed_authorization = 1"]);
}

#[test]
fn ca_certificates_are_read_and_checked_at_launch() {
    jailed(|jail| {
        jail.create_dir("conf").unwrap();
        jail.create_file("conf/ca.pem", AUTHORITY).unwrap();
        jail.create_file("conf/empty.pem", "nothing").unwrap();
        let broken = AUTHORITY.replacen("MII", "AII", 1);
        jail.create_file("conf/broken.pem", &broken).unwrap();
        let path = jail.directory().join("conf/Rocket.toml");
        jail.set_env("ROCKET_CONFIG", path.display());
        let read = |name: &str| {
            let toml = format!("{COMPLETE}\nca_certificates = \"{name}\"");
            jail.create_file("conf/Rocket.toml", &toml).unwrap();
            outcome_of(&rocket::Config::figment().select("debug"), None)
        };
        let found = read("ca.pem").unwrap().0.connection.ca_certificates.unwrap();
        assert_eq!(found.pem, AUTHORITY.as_bytes());
        assert!(found.path.ends_with("conf/ca.pem"), "relative to Rocket.toml");
        for (name, why) in [
            ("missing.pem", "cannot be read"),
            ("empty.pem", "contains no PEM certificate"),
            ("broken.pem", "contains a certificate that cannot be read"),
        ] {
            let errors = read(name).unwrap_err();
            assert_holds(&errors, &["has 1 error:", "logto.ca_certificates", why]);
        }
    });
}

#[test]
fn only_what_concerns_this_site_is_deleted_at_a_sign_out() {
    let with_data =
        |data: &str| with(&format!("[default.logto.sign_out]\nclear_site_data = {data}"));
    let settings = with_data(r#"["cache", "storage", "executionContexts"]"#).unwrap();
    assert_eq!(
        settings.clear_site_data,
        [SiteData::Cache, SiteData::Storage, SiteData::ExecutionContexts]
    );
    assert_eq!(with_data(r#""cache""#).unwrap().clear_site_data, [SiteData::Cache]);
    assert_eq!(with("").unwrap().clear_site_data, []);
    for (data, what) in [
        (r#"["cache", "cookies"]"#, "would delete the cookies of the whole domain"),
        (r#""*""#, "would delete the cookies of the whole domain"),
        (r#"["Cache"]"#, "is not a kind of data that browsers can delete"),
    ] {
        let errors = with_data(data).unwrap_err();
        assert_holds(
            &errors,
            &["logto.sign_out.clear_site_data", what, "help: write a list with some of"],
        );
    }
}
