//! What a test provider overrides, and what stays.

use std::time::Duration;

use super::{COMPLETE, debug, jailed, outcome_of};
use crate::config::{TestProvider, given, read_resource_server};
use crate::{Config, Prompt};

/// The configuration in code, with a test provider.
fn provided(config: Config) -> Config {
    let provider = TestProvider::new("http://127.0.0.1:4711", "test-app", "test-secret");
    config.test_provider(provider)
}

#[test]
fn a_test_provider_wins_over_every_layer_and_leaves_no_other_logto() {
    jailed(|jail| {
        jail.set_env("LOGTO_ENDPOINT", "https://production.example.com");
        jail.set_env("LOGTO_ISSUER", "https://production.example.com/oidc");
        jail.set_env("LOGTO_INTERNAL_ENDPOINT", "http://logto.internal");
        jail.set_env("LOGTO_APP_ID", "production");
        jail.set_env("LOGTO_SCOPES", "email");
        let config = provided(Config::new());
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), Some(&config)).unwrap();
        assert_eq!(settings.connection.issuer.as_str(), "http://127.0.0.1:4711/oidc");
        assert_eq!(settings.connection.endpoint.unwrap().as_str(), "http://127.0.0.1:4711/");
        assert_eq!(settings.connection.internal_endpoint, None);
        assert_eq!(settings.connection.sources["endpoint"], "the test provider");
        assert_eq!(settings.app_id, "test-app");
        assert_eq!(settings.app_secret.reveal(), "test-secret");
        assert_eq!(settings.scopes, ["email"], "what is not about the provider stays");
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn what_a_test_provider_overrides_causes_no_launch_error() {
    jailed(|jail| {
        for key in ["ENDPOINT", "ISSUER", "INTERNAL_ENDPOINT", "APP_ID", "APP_SECRET"] {
            jail.set_env(format!("LOGTO_{key}_FILE"), "/nowhere/at/all");
        }
        // Both are set.
        jail.set_env("LOGTO_APP_SECRET", "production");
        jail.set_env("LOGTO_ISSUER", "no issuer");
        jail.set_env("LOGTO_INTERNAL_ENDPOINT", "no URL");
        jail.set_env("LOGTO_CA_CERTIFICATES", "/nowhere.pem");
        jail.set_env("LOGTO_CA_CERTIFICATES_FILE", "/nowhere.pem");
        jail.set_env("LOGTO_SIGNING_ALGORITHM", "none");
        jail.set_env("LOGTO_TIMEOUT", "never");
        jail.set_env("LOGTO_CONNECT_TIMEOUT", "1ns");
        let toml =
            format!("{COMPLETE}\nca_certificates = \"gone.pem\"\nsigning_algorithm = \"RS1\"");
        let (figment, config) = (debug(jail, &toml), provided(Config::new()));
        let (settings, warnings) = outcome_of(&figment, Some(&config)).unwrap();
        let connection = settings.connection;
        assert_eq!(connection.issuer.as_str(), "http://127.0.0.1:4711/oidc");
        assert_eq!(settings.app_secret.reveal(), "test-secret");
        assert_eq!(connection.signing_algorithm, None);
        assert!(connection.ca_certificates.is_none());
        assert_eq!(connection.timeout, Duration::from_secs(10));
        assert_eq!(connection.connect_timeout, Duration::from_secs(2));
        assert_eq!(warnings, Vec::<String>::new());

        let api = read_resource_server(&figment, Some(&config));
        let (api, _) = api.unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(api.connection.signing_algorithm, None);

        let errors = outcome_of(&figment, None).unwrap_err();
        for key in ["endpoint", "app_secret", "ca_certificates", "signing_algorithm", "timeout"] {
            assert!(errors.contains(&format!("logto.{key}")), "{key}: {errors}");
        }
    });
}

#[test]
fn what_concerns_the_application_stays_with_a_test_provider() {
    jailed(|jail| {
        jail.set_env("LOGTO_SCOPES", "email");
        jail.set_env("LOGTO_RESOURCES", "https://api.example.com");
        jail.set_env("LOGTO_PROMPT", "login consent");
        jail.set_env("LOGTO_BASE_URL", "https://shop.example.com");
        // The time limits of the application or of the test, too.
        let code = Config::new().timeout(Duration::from_secs(1));
        let toml = format!("{COMPLETE}\nconnect_timeout = \"500ms\"");
        let (settings, _) = outcome_of(&debug(jail, &toml), Some(&provided(code))).unwrap();
        assert_eq!(settings.scopes, ["email"]);
        assert_eq!(settings.resources, ["https://api.example.com"]);
        assert_eq!(settings.prompt, [Prompt::Login, Prompt::Consent]);
        assert_eq!(settings.base_urls.hosts[0].as_str(), "https://shop.example.com");
        assert_eq!(settings.connection.timeout, Duration::from_secs(1));
        assert_eq!(settings.connection.connect_timeout, Duration::from_millis(500));

        jail.set_env("LOGTO_PROMPT", "perhaps");
        jail.set_env("LOGTO_SECRET_KEYS_FILE", "/nowhere/at/all");
        let errors = outcome_of(&debug(jail, &toml), Some(&provided(Config::new()))).unwrap_err();
        for key in ["prompt", "secret_keys"] {
            assert!(errors.contains(&format!("logto.{key}")), "{key}: {errors}");
        }
    });
}

#[test]
fn credentials_without_an_endpoint_are_named_with_their_sources() {
    jailed(|jail| {
        let unused = |toml: &str| given(&debug(jail, toml), None).unused_credentials;
        assert_eq!(unused(""), None);
        let app_id = unused("[default.logto]\napp_id = \"an-app\"").unwrap();
        assert!(app_id.starts_with("logto.app_id (from Rocket.toml"), "{app_id}");
        assert!(app_id.ends_with(") is"), "{app_id}");
        let both =
            unused("[default.logto]\napp_id = \"an-app\"\napp_secret = \"hush-hush\"").unwrap();
        assert!(both.contains(" and logto.app_secret (from Rocket.toml"), "{both}");
        assert!(both.ends_with(") are") && !both.contains("hush"), "{both}");
    });
}
