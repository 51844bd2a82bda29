//! The keys under `sign_in`.

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of, with};
use crate::{Config, DirectSignIn, FirstScreen, SignInConfig};

fn under_sign_in(lines: &str) -> String {
    format!("[default.logto.sign_in]\n{lines}")
}

#[test]
fn without_them_a_sign_in_is_as_logto_has_it() {
    let sign_in = with("").unwrap().sign_in;
    assert!(sign_in.first_screen.is_none() && sign_in.direct_sign_in.is_none());
    assert!(sign_in.ui_locales.is_empty());
}

#[test]
fn they_are_what_logto_knows() {
    for screen in [
        FirstScreen::SignIn,
        FirstScreen::Register,
        FirstScreen::ResetPassword,
        FirstScreen::IdentifierSignIn,
        FirstScreen::IdentifierRegister,
        FirstScreen::SingleSignOn,
    ] {
        let settings = with(&under_sign_in(&format!("first_screen = \"{screen}\"")));
        assert_eq!(settings.unwrap().sign_in.first_screen, Some(screen));
        let Err(errors) = with(&under_sign_in("first_screen = \"login\"")) else { panic!() };
        assert_holds(&errors, &[&format!("\"{screen}\"")]);
    }
    let settings = with(&under_sign_in("ui_locales = [\"fr-CA\", \"fr\"]")).unwrap();
    assert_eq!(settings.sign_in.ui_locales, ["fr-CA", "fr"]);
    for (text, connector) in [
        ("social:google", DirectSignIn::Social("google".into())),
        ("sso:abc", DirectSignIn::Sso("abc".into())),
    ] {
        let settings = with(&under_sign_in(&format!("direct_sign_in = \"{text}\"")));
        assert_eq!(settings.unwrap().sign_in.direct_sign_in, Some(connector));
    }
}

#[test]
fn other_values_are_told_with_their_source_and_a_cure() {
    let nine = ["\"de\""; 9].join(", ");
    for (line, parts) in [
        (
            "first_screen = \"signIn\"",
            ["first_screen = \"signIn\" (from Rocket.toml)", "first", "write \"sign_in\""],
        ),
        (
            "direct_sign_in = \"google\"",
            ["direct_sign_in = \"google\" (from Rocket.toml)", "connector", "\"social:google\""],
        ),
        ("direct_sign_in = \"social:\"", ["direct_sign_in = \"social:\"", "connector", "sso:"]),
        (
            "ui_locales = [\"de\", \"german please\"]",
            ["ui_locales = \"german please\" (from Rocket.toml)", "language tag", "[\"fr-CA\""],
        ),
        (
            &format!("ui_locales = [{nine}]"),
            ["ui_locales (from Rocket.toml)", "has 9", "at most 8"],
        ),
        ("first_screen = true", ["first_screen = true", "is not a string", "in quotes"]),
    ] {
        let errors = with(&under_sign_in(line)).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.sign_in."]);
        assert_holds(&errors, &parts);
    }
}

#[test]
fn code_files_and_the_environment_give_them() {
    jailed(|jail| {
        let sign_in = SignInConfig::new()
            .first_screen(FirstScreen::Register)
            .ui_locales(["de"])
            .direct_sign_in(DirectSignIn::Sso("abc".into()));
        let config = Config::new().sign_in(sign_in);
        let toml = format!("{COMPLETE}\n{}", under_sign_in("ui_locales = \"fr\""));
        jail.set_env("LOGTO_SIGN_IN__DIRECT_SIGN_IN", "social:github");
        let (settings, _) = outcome_of(&debug(jail, &toml), Some(&config)).unwrap();
        let sign_in = settings.sign_in;
        assert_eq!(sign_in.first_screen, Some(FirstScreen::Register));
        assert_eq!(sign_in.ui_locales, ["fr"]);
        assert_eq!(sign_in.direct_sign_in, Some(DirectSignIn::Social("github".into())));
        jail.set_env("LOGTO_SIGN_IN__UI_LOCALES", "en-GB,en");
        let (settings, warnings) = outcome_of(&debug(jail, &toml), None).unwrap();
        assert_eq!(settings.sign_in.ui_locales, ["en-GB", "en"]);
        assert_eq!(warnings, Vec::<String>::new());
    });
}
