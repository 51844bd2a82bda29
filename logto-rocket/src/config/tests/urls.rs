//! The rules for addresses: what is taken, what is mended, and what an error says to write instead.

use super::values::{assert_refused, assert_taken, replaced};
use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, release};

#[test]
fn an_endpoint_is_https_or_loopback() {
    assert_taken(&[
        r#"endpoint = "http://localhost:3001""#,
        r#"endpoint = "http://id.localhost:3001""#,
        r#"endpoint = "http://127.8.9.1:3001""#,
        r#"endpoint = "http://[::1]:3001/""#,
    ]);
    assert_refused(
        "endpoint",
        &[
            r#"endpoint = "http://logto.example""#,
            r#"endpoint = "http://localhost.example""#,
            r#"endpoint = "http://idlocalhost""#,
            r#"endpoint = "http://[::2]""#,
            r#"endpoint = "https://a.example?x""#,
            r#"endpoint = "https://a.example#x""#,
            r#"endpoint = " https://a.example""#,
            r#"endpoint = "https://a.example\n""#,
            r#"endpoint = "https:a.example""#,
            r#"endpoint = "ftp://a.example""#,
            r#"endpoint = "example.logto.app""#,
            r#"endpoint = """#,
        ],
    );
    assert_refused("endpoint", &[r#"endpoint = "https://user@a.example""#]);
}

#[test]
fn another_address_of_the_console_is_no_endpoint() {
    for path in ["auth", "token", "me", "jwks"] {
        let errors = replaced(&format!("endpoint = \"https://a.example/id/oidc/{path}\""));
        let parts = ["is an address below the endpoint", "write `https://a.example/id`"];
        assert_holds(&errors.unwrap_err(), &parts);
    }
}

#[test]
fn the_issuer_is_the_endpoints_unless_it_is_given() {
    let issuer = |line: &str| replaced(line).unwrap().connection.issuer.as_str().to_owned();
    assert_eq!(issuer(r#"endpoint = "https://a.example/""#), "https://a.example/oidc");
    assert_eq!(issuer(r#"endpoint = "https://A.example:443""#), "https://a.example/oidc");
    assert_eq!(issuer(r#"endpoint = "https://a.example/id/""#), "https://a.example/id/oidc");
    assert_eq!(issuer(r#"issuer = "https://a.example/x/""#), "https://a.example/x/");
    let only = COMPLETE.replace("endpoint", "issuer");
    let (settings, _) = outcome(&only).unwrap();
    assert_eq!(settings.connection.issuer.url().as_str(), "https://example.logto.app/");
    assert_eq!(settings.connection.issuer.as_str(), "https://example.logto.app");
    assert_eq!(settings.connection.endpoint, None);
    assert_refused("issuer", &[r#"issuer = "http://a.example/oidc""#]);
}

#[test]
fn an_internal_endpoint_may_be_plain_http_which_release_warns_about() {
    jailed(|jail| {
        let toml = format!("{COMPLETE}\ninternal_endpoint = \"http://logto:3001\"");
        let (settings, warnings) = outcome_of(&debug(jail, &toml), None).unwrap();
        assert_eq!(settings.connection.internal_endpoint.unwrap().as_str(), "http://logto:3001/");
        assert_eq!(warnings, Vec::<String>::new());
        let (_, warnings) = outcome_of(&release(jail, &toml), None).unwrap();
        assert_holds(
            &warnings.join("\n"),
            &["logto.internal_endpoint = \"http://logto:3001\" (from Rocket.toml) is plain http"],
        );
    });
    assert_refused("internal_endpoint", &[r#"internal_endpoint = "logto:3001""#]);
}

#[test]
fn trusted_origins_have_no_path() {
    assert_refused("trusted_origins", &[r#"trusted_origins = ["https://a.example", "*"]"#]);
    let origin = "trusted_origins = [\"https://admin.example.com/x\"]";
    assert_answered(origin, &["has the path `/x`", "`https://admin.example.com`"]);
}

#[test]
fn the_issuer_or_its_discovery_address_is_taken_for_the_endpoint() {
    for (given, endpoint) in [
        ("https://a.example/oidc", "https://a.example/"),
        ("https://a.example/oidc/", "https://a.example/"),
        ("https://a.example/oidc/.well-known/openid-configuration", "https://a.example/"),
        ("https://a.example/id/oidc", "https://a.example/id"),
        ("http://localhost:3001/oidc/.well-known/openid-configuration", "http://localhost:3001/"),
    ] {
        let settings = replaced(&format!("endpoint = \"{given}\"")).unwrap();
        assert_eq!(settings.connection.endpoint.unwrap().as_str(), endpoint, "{given}");
        let issuer = format!("{}/oidc", endpoint.trim_end_matches('/'));
        assert_eq!(settings.connection.issuer.as_str(), issuer, "{given}");
        let internal = replaced(&format!("internal_endpoint = \"{given}\"")).unwrap();
        assert_eq!(internal.connection.internal_endpoint.unwrap().as_str(), endpoint, "{given}");
    }
}

/// Asserts that [`COMPLETE`] with `line` is refused in one error that holds every one of `parts`.
#[track_caller]
pub(super) fn assert_answered(line: &str, parts: &[&str]) {
    let Err(errors) = replaced(line) else { panic!("`{line}` was taken") };
    assert_holds(&errors, &["has 1 error:"]);
    assert_holds(&errors, parts);
}

#[test]
fn an_address_of_something_else_is_answered_with_what_to_write() {
    for console in [
        "https://cloud.logto.io",
        "https://cloud.logto.io/abc123/applications/1",
        "http://localhost:3002/console",
        "https://admin.example.com/console/applications/1",
    ] {
        for key in ["endpoint", "internal_endpoint"] {
            let parts = ["the address of Logto's console", "copy", "\"Logto endpoint\""];
            assert_answered(&format!("{key} = \"{console}\""), &parts);
        }
    }
    let foreign = "endpoint = \"https://a.example/.well-known/openid-configuration\"";
    assert_answered(
        foreign,
        &["the address of a discovery document", "`issuer = \"https://a.example\"`"],
    );
    let document = "issuer = \"https://a.example/oidc/.well-known/openid-configuration\"";
    assert_answered(document, &["the address of a discovery document", "`https://a.example/oidc`"]);
}

#[test]
fn a_host_alone_is_answered_with_its_url() {
    assert_answered("endpoint = \"example.logto.app\"", &["`https://example.logto.app`"]);
    assert_answered("base_url = \"app.example.com\"", &["`https://app.example.com`"]);
    assert_answered("base_url = \"localhost:8000\"", &["`http://localhost:8000`"]);
    assert_answered("base_url = \"\"", &["such as `https://app.example.com`"]);
    assert_answered("endpoint = \"\"", &["such as `https://example.logto.app`"]);
    assert_answered("trusted_origins = [\"*\"]", &["such as `https://admin.example.com`"]);
}

#[test]
fn an_address_of_logto_in_plain_http_is_answered_with_the_key_for_an_internal_one() {
    for (key, address) in
        [("endpoint", "http://logto:3001"), ("issuer", "http://logto.internal/oidc")]
    {
        let into = format!("into `{key}` the https address that browsers use");
        let parts = ["is plain http", "use https; ", "into `internal_endpoint`", &into];
        assert_answered(&format!("{key} = \"{address}\""), &parts);
    }
    let Err(errors) = replaced("base_url = \"http://shop.example\"") else { panic!("taken") };
    assert_holds(&errors, &["is plain http", "    help: use https"]);
    assert!(!errors.contains("internal_endpoint"), "{errors}");
}

#[test]
fn what_a_manual_leaves_to_fill_in_is_answered_with_what_to_put_there() {
    for (host, part) in [
        ("<tenant>.logto.app", "<tenant>"),
        ("{tenant-id}.logto.app", "{tenant-id}"),
        ("${TENANT}.logto.app", "{TENANT}"),
        ("[your tenant].logto.app", "[your tenant]"),
    ] {
        let line = format!("endpoint = \"https://{host}\"");
        let put = format!("write your own value in place of `{part}`");
        let parts = ["not allowed in a URL", &put, "such as `https://example.logto.app`"];
        assert_answered(&line, &parts);
    }
    let path = "base_url = \"https://app.example.com/<app>\"";
    assert_answered(path, &["not allowed in a URL", "in place of `<app>`"]);
    let Err(errors) = replaced("endpoint = \"https://user:<hunter2>@a.example\"") else {
        panic!("taken")
    };
    assert!(errors.contains("not allowed") && !errors.contains("hunter2"), "{errors}");
}

#[test]
fn an_address_to_listen_on_is_no_address_that_browsers_open() {
    for address in ["http://0.0.0.0:8000", "http://[::]:8000"] {
        let parts = ["listens on", "`http://localhost:8000`"];
        assert_answered(&format!("base_url = \"{address}\""), &parts);
    }
}
