//! What `hello --diagnose` says.

use std::process::Command;

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

#[test]
fn it_says_of_the_provider_that_logto_is_built_on_what_is_wrong() {
    let options =
        ProviderOptions { base_url: "http://localhost:8000".into(), ..ProviderOptions::default() };
    let Some(provider) = Provider::start(&options) else { return };
    for (id, secret, port, wrong) in [
        (CLIENT_ID, CLIENT_SECRET, "8000", &[][..]),
        ("no-such-app", CLIENT_SECRET, "8000", &["app id"]),
        (CLIENT_ID, "a-wrong-secret", "8000", &["app secret"]),
        (CLIENT_ID, CLIENT_SECRET, "8001", &["redirect URI", "post sign-out redirect URI"]),
    ] {
        let (said, is_good) = diagnose(&[
            ("LOGTO_ENDPOINT", provider.origin()),
            ("LOGTO_APP_ID", id),
            ("LOGTO_APP_SECRET", secret),
            ("ROCKET_PORT", port),
        ]);
        assert_eq!(is_good, wrong.is_empty(), "{said}");
        for check in ["app id", "redirect URI", "post sign-out redirect URI", "scopes"] {
            let is_good = said.contains(&format!("\n  good     {check} "));
            assert!(is_good || !wrong.is_empty(), "{check}: {said}");
        }
        for check in wrong {
            assert!(said.contains(&format!("\n  wrong    {check} ")), "{check}: {said}");
        }
        assert!(said.contains(&format!(" {} wrong", wrong.len())), "{said}");
        assert!(!said.contains(secret), "{said}");
    }
}

/// What is said, and whether the command succeeds.
fn diagnose(variables: &[(&str, &str)]) -> (String, bool) {
    let mut hello = Command::new(env!("CARGO_BIN_EXE_hello"));
    hello.arg("--diagnose").env_clear().env("ROCKET_CLI_COLORS", "false");
    let output = hello.envs(variables.iter().copied()).output().expect("it starts");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}
