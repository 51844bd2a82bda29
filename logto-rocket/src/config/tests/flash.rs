//! The keys `sign_in.flash` and `sign_out.flash`.

use super::{COMPLETE, assert_holds, debug, jailed, outcome_of, with};
use crate::{Config, SignInConfig, SignOutConfig, SiteData};

#[test]
fn they_are_short_texts() {
    let flash = with("").unwrap().flash;
    assert!(flash.signed_in.is_none() && flash.signed_out.is_none());
    for table in ["sign_in", "sign_out"] {
        let read = |text: &str| with(&format!("[default.logto.{table}]\nflash = \"{text}\""));
        for text in ["You are signed in.", "Schön, daß Sie da sind!", &"x".repeat(200)] {
            let flash = read(text).unwrap().flash;
            let flash = if table == "sign_in" { flash.signed_in } else { flash.signed_out };
            assert_eq!(flash.as_deref(), Some(text));
        }
        for (text, what) in [
            ("", "is blank"),
            (" ", "is blank"),
            ("a\\nb", "has a line break"),
            (&"x".repeat(201), "takes 201 bytes in a cookie, of 200"),
            (&"ä".repeat(34), "takes 204 bytes"),
            (&"; ".repeat(34), "takes 204 bytes"),
        ] {
            let errors = read(text).unwrap_err();
            let key = format!("logto.{table}.flash = ");
            assert_holds(&errors, &["has 1 error:", &key, "(from Rocket.toml)", what]);
            assert_holds(&errors, &["help: write a short sentence"]);
        }
    }
}

#[test]
fn code_and_the_environment_give_them() {
    jailed(|jail| {
        let sign_out = SignOutConfig::new().clear_site_data([SiteData::Cache]).flash("Bye");
        let config = Config::new().sign_in(SignInConfig::new().flash("Hi")).sign_out(sign_out);
        jail.set_env("LOGTO_SIGN_OUT__FLASH", "See you");
        let (settings, _) = outcome_of(&debug(jail, COMPLETE), Some(&config)).unwrap();
        assert_eq!(settings.flash.signed_in.as_deref(), Some("Hi"));
        assert_eq!(settings.flash.signed_out.as_deref(), Some("See you"));
        assert_eq!(settings.clear_site_data, [SiteData::Cache]);
    });
}
