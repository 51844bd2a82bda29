//! The keys under `sign_in`: what a sign-in says that sets nothing else.

use super::errors::Wrong;
use super::reader::Reader;
use crate::oidc::{DirectSignIn, FirstScreen, MAX_LOCALES, SignInDefaults, is_locale};

/// Reads the keys under `sign_in`.
pub(super) fn read(reader: &mut Reader) -> SignInDefaults {
    SignInDefaults {
        first_screen: reader.text("sign_in.first_screen", first_screen),
        ui_locales: ui_locales(reader),
        direct_sign_in: reader.text("sign_in.direct_sign_in", direct_sign_in),
    }
}

fn first_screen(text: &str) -> Result<FirstScreen, Wrong> {
    text.parse().map_err(|_| {
        Wrong::new(
            "is not a page that Logto can show first",
            "write \"sign_in\", \"register\", \"reset_password\", \"identifier:sign_in\", \
             \"identifier:register\" or \"single_sign_on\"",
        )
    })
}

fn direct_sign_in(text: &str) -> Result<DirectSignIn, Wrong> {
    text.parse().map_err(|_| {
        Wrong::new(
            "is not a connector of Logto",
            "write \"social:\" and the target of a social connector, such as \"social:google\", or \
             \"sso:\" and the id of an enterprise connector",
        )
    })
}

fn ui_locales(reader: &mut Reader) -> Vec<String> {
    let key = "sign_in.ui_locales";
    let locales = reader.list(key, |text| {
        if is_locale(text) {
            return Ok(text.to_owned());
        }
        let remedy = "write a list with one tag in each element, such as [\"fr-CA\", \"fr\"]";
        Err(Wrong::new("is not a language tag", remedy))
    });
    let locales = locales.unwrap_or_default();
    if locales.len() > MAX_LOCALES {
        let what = format!("has {} languages, which become part of an address", locales.len());
        reader.reject(key, Wrong::new(what, format!("name at most {MAX_LOCALES}")));
    }
    locales
}
