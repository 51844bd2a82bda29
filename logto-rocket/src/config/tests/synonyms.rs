//! What an unknown key is answered with that other software calls so.

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of, with};

#[test]
fn a_key_of_other_software_is_answered_with_the_one_of_this_configuration() {
    for (others, key) in [
        (vec!["client_id", "clientId", "client-id"], "app_id"),
        (vec!["client_secret", "secret"], "app_secret"),
        (vec!["url", "uri", "host", "issuer_url", "authority", "domain"], "endpoint"),
        (vec!["app_url", "public_url", "site_url"], "base_url"),
        (vec!["cookie_secret", "secret_key", "encryption_key"], "secret_keys"),
        (vec!["session.timeout", "session_timeout"], "session.idle_timeout"),
        (vec!["session.lifetime", "session.ttl", "session.max_age"], "session.max_lifetime"),
        (vec!["redis", "redis.url", "redis_url", "session.redis_url"], "session.redis.url"),
        (vec!["login", "routes.login", "routes.sign-in"], "routes.sign_in"),
        (vec!["logout", "routes.log_out"], "routes.sign_out"),
        (vec!["register", "routes.signup"], "routes.sign_up"),
    ] {
        for other in others {
            let errors = with(&format!("{other} = \"x\"")).unwrap_err();
            let parts = ["has 1 error:", &format!("    help: did you mean `logto.{key}`?")];
            assert_holds(&errors, &parts);
        }
    }
}

#[test]
fn a_key_of_other_software_that_is_not_needed_here_is_answered_with_the_reason() {
    for (others, parts) in [
        (
            vec!["redirect_uri", "redirect_uris", "callback_url"],
            ["`base_url`, `base` and `routes.sign_in_callback`", "the launch log prints it"],
        ),
        (
            vec!["post_logout_redirect_uri", "post_logout_redirect_uris"],
            ["`base_url`, `base` and `routes.sign_out_callback`", "the launch log prints it"],
        ),
        (vec!["session.secure", "cookieSecure"], ["`Secure` wherever", "`base_url` is https"]),
    ] {
        for other in others {
            let errors = with(&format!("{other} = \"x\"")).unwrap_err();
            assert_holds(&errors, &["has 1 error:", "    help: remove it: "]);
            assert_holds(&errors, &parts);
            assert!(!errors.contains("did you mean"), "{errors}");
        }
    }
}

#[test]
fn a_variable_of_other_software_is_answered_in_the_same_way() {
    jailed(|jail| {
        for (other, end) in [
            ("LOGTO_CLIENT_ID", "; did you mean `LOGTO_APP_ID`?"),
            ("LOGTO_CLIENT_SECRET_FILE", "; did you mean `LOGTO_APP_SECRET_FILE`?"),
            ("LOGTO_URL", "; did you mean `LOGTO_ENDPOINT`?"),
            ("LOGTO_SESSION__TIMEOUT", "; did you mean `LOGTO_SESSION__IDLE_TIMEOUT`?"),
            ("LOGTO_SESSION_TTL", "; did you mean `LOGTO_SESSION__MAX_LIFETIME`?"),
            ("LOGTO_REDIS_URL", "; did you mean `LOGTO_SESSION__REDIS__URL`?"),
            ("LOGTO_SECRET_KEY", "; did you mean `LOGTO_SECRET_KEYS`?"),
            (
                "LOGTO_REDIRECT_URI",
                "; remove it: the redirect URI follows from `base_url`, `base` and \
                 `routes.sign_in_callback`, and the launch log prints it",
            ),
            (
                "LOGTO_SESSION__SECURE",
                "; remove it: the cookies are `Secure` wherever `base_url` is https",
            ),
        ] {
            jail.clear_env();
            jail.set_env(other, "x");
            let (_, warnings) = outcome_of(&debug(jail, COMPLETE), None).unwrap();
            let said = "is unknown and has no effect";
            assert_eq!(warnings, [format!("the environment variable `{other}` {said}{end}")]);
        }
    });
}
