//! Which layer wins, and what the environment may write.

use std::time::Duration;

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of};
use crate::oidc::{Algorithm, ClientAuthentication, LogoutTyp};
use crate::{Config, Prompt, RoutesConfig, SessionConfig};

#[test]
fn the_smallest_configuration_has_the_documented_defaults() {
    jailed(|jail| {
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.connection.issuer.as_str(), "https://example.logto.app/oidc");
        assert_eq!(settings.connection.endpoint.unwrap().as_str(), "https://example.logto.app/");
        assert_eq!(settings.app_id, "an-app");
        assert_eq!(settings.app_secret.reveal(), "hush-hush");
        assert_eq!(settings.base.as_str(), "/auth");
        assert!(settings.scopes.is_empty() && settings.resources.is_empty());
        assert!(settings.include_reserved_scopes && settings.routes.user.is_some());
        assert!(!settings.pushed_authorization && settings.connection.internal_endpoint.is_none());
        assert_eq!(settings.prompt, [Prompt::Consent]);
        assert_eq!(settings.after_sign_in.as_str(), "/");
        assert_eq!(settings.after_sign_out.as_str(), "/");
        assert_eq!(settings.connection.signing_algorithm, None);
        assert_eq!(settings.client_authentication, ClientAuthentication::Basic);
        assert_eq!(settings.logout_typ, LogoutTyp::Required);
        assert_eq!(settings.connection.clock_skew, Duration::from_secs(60));
        assert_eq!(settings.connection.timeout, Duration::from_secs(10));
        assert_eq!(settings.connection.connect_timeout, Duration::from_secs(2));
        assert_eq!(settings.session.max_lifetime, Duration::from_secs(14 * 24 * 3600));
        assert_eq!(settings.session.idle_timeout, None);
        assert_eq!(settings.session.revalidate_after, Some(Duration::from_secs(3600)));
        assert_eq!(settings.session.max_stale, Some(Duration::from_secs(24 * 3600)));
        assert_eq!(settings.session.max_cookie_bytes, 2750);
        assert_eq!(settings.session.same_site, cookie::SameSite::Lax);
        assert_eq!((settings.session.cookie, settings.session.claims), (None, None));
        assert!(!settings.session.keep_id_token && !settings.session.user_info);
        assert!(settings.connection.ca_certificates.is_none());
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn every_later_layer_wins_over_the_one_before() {
    jailed(|jail| {
        let config = Config::new().app_id("from-code").base("/code");
        let config = config.session(SessionConfig::new().max_lifetime(Duration::from_secs(60)));
        let app_id = |figment: &_| outcome_of(figment, Some(&config)).unwrap().0.app_id;

        let bare = COMPLETE.replace("app_id", "#");
        assert_eq!(app_id(&debug(jail, &bare)), "from-code");
        assert_eq!(app_id(&debug(jail, COMPLETE)), "an-app");
        let profile = format!("{COMPLETE}\n[debug.logto]\napp_id = \"of-the-profile\"");
        assert_eq!(app_id(&debug(jail, &profile)), "of-the-profile");
        jail.set_env("ROCKET_LOGTO", "{app_id=of-rockets-environment}");
        assert_eq!(app_id(&debug(jail, &profile)), "of-rockets-environment");
        jail.set_env("LOGTO_APP_ID", "of-our-environment");
        assert_eq!(app_id(&debug(jail, &profile)), "of-our-environment");

        let (settings, _) = outcome_of(&debug(jail, &profile), Some(&config)).unwrap();
        assert_eq!(settings.base.as_str(), "/code", "what no later layer sets stays");
        assert_eq!(settings.session.max_lifetime, Duration::from_secs(60));
    });
}

#[test]
fn nested_keys_merge_one_by_one() {
    jailed(|jail| {
        jail.set_env("LOGTO_SESSION__IDLE_TIMEOUT", "30m");
        let toml = format!("{COMPLETE}\n[default.logto.session]\nmax_lifetime = \"2h\"");
        let config = SessionConfig::new().cookie("mine").idle_timeout(Duration::from_secs(5));
        let config = Config::new().session(config);
        let (settings, _) = outcome_of(&debug(jail, &toml), Some(&config)).unwrap();
        assert_eq!(settings.session.max_lifetime, Duration::from_secs(7200));
        assert_eq!(settings.session.idle_timeout, Some(Duration::from_secs(1800)));
        assert_eq!(settings.session.cookie.as_deref(), Some("mine"));
    });
}

#[test]
fn the_environment_alone_can_configure_everything() {
    jailed(|jail| {
        jail.set_env("LOGTO_ENDPOINT", "https://example.logto.app");
        jail.set_env("LOGTO_APP_ID", "00123");
        jail.set_env("LOGTO_APP_SECRET", "1e5");
        jail.set_env("LOGTO_BASE_URL", "https://app.example.com");
        jail.set_env("LOGTO_SCOPES", "[email, \"phone\", 7]");
        jail.set_env("LOGTO_RESOURCES", "https://api.example.com");
        jail.set_env("LOGTO_ROUTES__USER", "false");
        jail.set_env("LOGTO_SESSION__MAX_COOKIE_BYTES", "2000");
        jail.set_env("LOGTO_SESSION__KEEP_ID_TOKEN", "true");
        jail.set_env("LOGTO_SIGNING_ALGORITHM", "ES384");
        jail.set_env("LOGTO_CLIENT_AUTHENTICATION", "post");
        jail.set_env("LOGTO_BACKCHANNEL_LOGOUT__TYP", "optional");
        jail.set_env("LOGTO_SECRET_KEYS", "[\"hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=\"]");
        let (settings, warnings) = outcome_of(&debug(jail, ""), None).unwrap();
        assert_eq!(settings.app_id, "00123", "an id of digits keeps its zeroes");
        assert_eq!(settings.app_secret.reveal(), "1e5");
        assert_eq!(settings.scopes, ["email", "phone", "7"]);
        assert_eq!(settings.resources, ["https://api.example.com"]);
        assert!(settings.routes.user.is_none() && settings.session.keep_id_token);
        assert_eq!(settings.session.max_cookie_bytes, 2000);
        assert_eq!(settings.connection.signing_algorithm, Some(Algorithm::Es384));
        assert_eq!(settings.client_authentication, ClientAuthentication::Post);
        assert_eq!(settings.logout_typ, LogoutTyp::Optional);
        assert_eq!((settings.secret_keys.len(), settings.generated_key), (1, false));
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn a_single_text_in_the_environment_is_a_list_of_one() {
    jailed(|jail| {
        jail.set_env("LOGTO_SCOPES", "email");
        jail.set_env("LOGTO_SECRET_KEYS", "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.scopes, ["email"]);
        assert_eq!((settings.secret_keys.len(), settings.generated_key), (1, false));
    });
}

#[test]
fn a_text_with_an_escape_beside_a_foreign_letter_stays_as_it_is() {
    jailed(|jail| {
        jail.set_env("LOGTO_SESSION__CLAIMS", r#""é\n""#);
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.session.claims.unwrap(), [r#""é\n""#]);
    });
}

#[test]
fn a_quoted_text_in_the_environment_loses_its_quotes() {
    jailed(|jail| {
        jail.set_env("LOGTO_APP_ID", "\"12345\"");
        assert_eq!(outcome_of(&debug(jail, COMPLETE), None).unwrap().0.app_id, "12345");
    });
}

#[test]
fn a_number_in_rockets_environment_is_an_app_id_but_in_rocket_toml_an_error() {
    jailed(|jail| {
        let toml = COMPLETE.replace("\"an-app\"", "12345");
        let errors = outcome_of(&debug(jail, &toml), None).unwrap_err();
        assert_holds(&errors, &["logto.app_id = 12345 (from Rocket.toml)", "in quotes"]);
        jail.set_env("ROCKET_LOGTO", "{app_id=12345}");
        assert_eq!(outcome_of(&debug(jail, &toml), None).unwrap().0.app_id, "12345");
    });
}

#[test]
fn an_unknown_variable_is_a_warning_and_changes_nothing() {
    jailed(|jail| {
        jail.set_env("LOGTO_APPID", "SHOUT");
        jail.set_env("LOGTO_SESSION_MAX_LIFETIME", "1h");
        jail.set_env("LOGTO_APP_ID__X", "SHOUT");
        let (settings, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
        assert_eq!(settings.app_id, "an-app");
        let warnings = warnings.join("\n");
        assert_holds(&warnings, &["`LOGTO_APPID`", "did you mean `LOGTO_APP_ID`?"]);
        assert_holds(&warnings, &["did you mean `LOGTO_SESSION__MAX_LIFETIME`?"]);
        assert_holds(&warnings, &["`LOGTO_APP_ID__X`"]);
        assert!(!warnings.contains("SHOUT"), "{warnings}");

        let bare = COMPLETE.replace("app_id", "#");
        let errors = outcome_of(&debug(jail, &bare), None).unwrap_err();
        assert_holds(&errors, &["logto.app_id\n    is missing", "did you mean `LOGTO_APP_ID`?"]);
    });
}

#[test]
fn every_setter_in_code_sets_its_key() {
    jailed(|jail| {
        jail.create_file("ca.pem", super::values::AUTHORITY).unwrap();
        let hour = Duration::from_secs(3600);
        let session = SessionConfig::new()
            .max_lifetime(3 * hour)
            .idle_timeout(2 * hour)
            .revalidate_after(None)
            .store(crate::Store::Cookie)
            .cookie("__Host-mine")
            .same_site(rocket::http::SameSite::None)
            .max_cookie_bytes(1000)
            .claims(["name"])
            .user_info(true)
            .keep_id_token(true);
        let config = Config::new()
            .endpoint("https://example.logto.app/")
            .issuer("https://id.example.com")
            .internal_endpoint("http://logto:3001")
            .app_id("id")
            .app_secret("secret")
            .base_url("https://app.example.com")
            .base("/account")
            .scopes(["openid", "email"])
            .resources(["urn:example:api"])
            .include_reserved_scopes(false)
            .prompt("login consent")
            .pushed_authorization(true)
            .signing_algorithm("PS256")
            .client_authentication("post")
            .backchannel_logout_typ("optional")
            .after_sign_in("/in")
            .after_sign_out("/out?x=1")
            .trusted_origins(["https://admin.example.com/"])
            .session(session)
            .secret_keys(["hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk="])
            .clock_skew(Duration::ZERO)
            .timeout(Duration::from_millis(1500))
            .connect_timeout(Duration::from_secs(1))
            .ca_certificates("ca.pem")
            .routes(RoutesConfig::new().without_user());
        let (settings, _) = outcome_of(&debug(jail, ""), Some(&config)).unwrap();
        assert_eq!(settings.connection.issuer.as_str(), "https://id.example.com");
        assert_eq!(settings.connection.internal_endpoint.unwrap().as_str(), "http://logto:3001/");
        assert_eq!((settings.app_id.as_str(), settings.app_secret.reveal()), ("id", "secret"));
        assert_eq!(settings.base_urls.hosts[0].as_str(), "https://app.example.com");
        assert_eq!(settings.base.as_str(), "/account");
        assert_eq!(settings.scopes, ["openid", "email"]);
        assert_eq!(settings.resources, ["urn:example:api"]);
        assert!(!settings.include_reserved_scopes && settings.pushed_authorization);
        assert_eq!(settings.prompt, [Prompt::Login, Prompt::Consent]);
        assert_eq!(settings.connection.signing_algorithm, Some(Algorithm::Ps256));
        assert_eq!(settings.client_authentication, ClientAuthentication::Post);
        assert_eq!(settings.logout_typ, LogoutTyp::Optional);
        assert_eq!(settings.after_sign_in.as_str(), "/in");
        assert_eq!(settings.after_sign_out.as_str(), "/out?x=1");
        assert_eq!(settings.trusted_origins[0].as_str(), "https://admin.example.com");
        assert_eq!(settings.session.max_lifetime, 3 * hour);
        assert_eq!(settings.session.idle_timeout, Some(2 * hour));
        assert_eq!((settings.session.revalidate_after, settings.session.max_stale), (None, None));
        assert!(matches!(settings.session.store, crate::session::StoreSettings::Cookie));
        assert_eq!(settings.session.cookie.as_deref(), Some("__Host-mine"));
        assert_eq!(settings.session.same_site, cookie::SameSite::None);
        assert_eq!(settings.session.max_cookie_bytes, 1000);
        assert_eq!(settings.session.claims.unwrap(), ["name"]);
        assert!(settings.session.keep_id_token && settings.routes.user.is_none());
        assert!(settings.session.user_info);
        assert_eq!(settings.secret_keys.len(), 1);
        assert_eq!(settings.connection.clock_skew, Duration::ZERO);
        assert_eq!(settings.connection.timeout, Duration::from_millis(1500));
        assert_eq!(settings.connection.connect_timeout, Duration::from_secs(1));
        assert_eq!(
            settings.connection.ca_certificates.unwrap().pem,
            super::values::AUTHORITY.as_bytes()
        );
    });
}
