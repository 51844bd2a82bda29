//! What `hello --diagnose` says.

use std::process::Command;
use std::time::Duration;

use logto_rocket_tests::oidc_provider::{CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions};

#[cfg(feature = "dev")]
#[test]
fn nothing_is_wrong_with_the_test_provider() {
    let (said, is_good) = diagnose(&[]);
    assert!(is_good, "{said}");
    for check in ["app id", "app secret", "redirect URI", "post sign-out redirect URI", "scopes"] {
        assert!(said.contains(&format!("\n  good     {check} ")), "{check}: {said}");
    }
    assert!(said.contains(" 0 wrong"), "{said}");
}

#[cfg(feature = "dev")]
#[test]
fn an_empty_endpoint_counts_as_not_set() {
    let (said, is_good) = diagnose(&[("LOGTO_ENDPOINT", ""), ("LOGTO_ISSUER", " ")]);
    assert!(is_good, "{said}");
    assert!(said.contains("No LOGTO_ENDPOINT is set"), "{said}");
}

#[test]
fn it_fails_where_no_logto_answers() {
    let nowhere = ("LOGTO_ENDPOINT", "http://127.0.0.1:9");
    let (said, is_good) =
        diagnose(&[nowhere, ("LOGTO_APP_ID", "an_app"), ("LOGTO_APP_SECRET", "a-secret")]);
    assert!(!is_good, "{said}");
    assert!(said.contains("`logto.endpoint` (from LOGTO_ENDPOINT)"), "{said}");
    assert!(!said.contains("a-secret"), "{said}");
}

/// Variables of the environment that are set.
type Variables = &'static [(&'static str, &'static str)];

/// Faults of a set-up, each with the variables that make it and what the diagnosis finds wrong.
const FAULTS: [(Variables, &[&str]); 6] = [
    (&[("LOGTO_ENDPOINT", "http://127.0.0.1:9")], &["endpoint"]),
    (&[("LOGTO_APP_ID", "no-such-app")], &["app id"]),
    (&[("LOGTO_APP_SECRET", "a-wrong-secret")], &["app secret"]),
    (&[("LOGTO_ROUTES__SIGN_IN_CALLBACK", "back")], &["redirect URI"]),
    (&[("LOGTO_ROUTES__SIGN_OUT_CALLBACK", "left")], &["post sign-out redirect URI"]),
    (&[("LOGTO_RESOURCES", r#"["https://unknown.example"]"#)], &["API resource"]),
];

#[rocket::async_test]
async fn it_names_each_fault_at_the_provider_that_logto_is_built_on() {
    let options =
        ProviderOptions { base_url: "http://localhost:8000".into(), ..ProviderOptions::default() };
    let Some(provider) = Provider::start(&options) else { return };
    let diagnose_with = |variables: &[(&str, &str)]| {
        let known = [
            ("LOGTO_ENDPOINT", provider.origin()),
            ("LOGTO_APP_ID", CLIENT_ID),
            ("LOGTO_APP_SECRET", CLIENT_SECRET),
        ];
        diagnose(&[&known, variables].concat())
    };
    // Only whether browsers reach the site is not known.
    let faultless = diagnose_with(&[]);
    assert!(faultless.0.contains(": 9 good, 0 wrong, 1 unknown"), "{}", faultless.0);
    assert_wrong(&faultless, &[]);
    for (variables, wrong) in FAULTS {
        assert_wrong(&diagnose_with(variables), wrong);
    }
    let other_port = diagnose_with(&[("ROCKET_PORT", "8001")]);
    assert_wrong(&other_port, &["redirect URI", "post sign-out redirect URI"]);
    provider.advance(Duration::from_mins(5)).await;
    assert_wrong(&diagnose_with(&[]), &["clock"]);
}

/// These checks are wrong, each with a cure, and no others.
#[track_caller]
fn assert_wrong((said, is_good): &(String, bool), wrong: &[&str]) {
    let (mut lines, mut wrong_lines) = (said.lines(), 0);
    while let Some(line) = lines.next() {
        let Some(found) = line.strip_prefix("  wrong    ") else { continue };
        let check = wrong.get(wrong_lines).unwrap_or_else(|| panic!("{said}"));
        assert!(found.starts_with(&format!("{check} ")), "{check}: {said}");
        let cure = lines.next().unwrap_or_default();
        assert!(cure.trim_start().starts_with("-> "), "{check}: {said}");
        wrong_lines += 1;
    }
    assert_eq!(wrong_lines, wrong.len(), "{said}");
    assert_eq!(*is_good, wrong.is_empty(), "{said}");
    assert!(!said.contains(CLIENT_SECRET) && !said.contains("a-wrong-secret"), "{said}");
}

/// What is said, and whether the command succeeds.
fn diagnose(variables: &[(&str, &str)]) -> (String, bool) {
    let mut hello = Command::new(env!("CARGO_BIN_EXE_hello"));
    hello.arg("--diagnose").env_clear().env("ROCKET_CLI_COLORS", "false");
    let output = hello.envs(variables.iter().copied()).output().expect("it starts");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}
