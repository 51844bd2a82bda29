//! [`SignInConfig`]: the keys under `sign_in`, written in code.

use rocket::figment::value::Dict;

use super::list;
use super::table::table;
use crate::oidc::{DirectSignIn, FirstScreen};

/// Defaults of sign-ins written in code, for [`Config::sign_in()`](crate::Config::sign_in).
///
/// They hold for each sign-in that does not set the option itself: a parameter of the link to the route
/// overrides them, and so do [`SignInBuilder`](crate::SignInBuilder), the route `sign-up` and the hook
/// [`sign_in_options`](crate::LogtoFairing::sign_in_options).
///
/// ```
/// use logto_rocket::{DirectSignIn, FirstScreen, SignInConfig};
///
/// let sign_in = SignInConfig::new()
///     .first_screen(FirstScreen::Register)
///     .ui_locales(["fr-CA", "fr"])
///     .direct_sign_in(DirectSignIn::Social("google".into()));
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct SignInConfig(Dict);

table!(SignInConfig, "sign_in");

impl SignInConfig {
    /// The page that Logto shows first. Default: its sign-in page.
    pub fn first_screen(self, screen: FirstScreen) -> Self {
        self.set("first_screen", screen.as_str())
    }

    /// The languages of Logto's pages, preferred first, as
    /// [BCP 47](https://www.rfc-editor.org/info/bcp47) tags: at most eight, of at most 35 characters each.
    /// Default: those of the browser.
    pub fn ui_locales<L: Into<String>>(self, locales: impl IntoIterator<Item = L>) -> Self {
        self.set("ui_locales", list(locales))
    }

    /// The connector that users are sent to at once, without a page of Logto's. Default: none. A sign-in
    /// that sets the first page, or has the token of a magic link, shows that instead: with
    /// `{base}/sign-in?first_screen=sign_in` users get Logto's own sign-in page. If there is no such
    /// connector, Logto shows its page to everybody.
    #[expect(clippy::needless_pass_by_value, reason = "as `SignInBuilder` takes it")]
    pub fn direct_sign_in(self, connector: DirectSignIn) -> Self {
        self.set("direct_sign_in", connector.to_string())
    }

    /// What the page after a sign-in can show once, by Rocket's
    /// [`FlashMessage`](rocket::request::FlashMessage) of the kind `success`: a text of 200 bytes at most,
    /// as a cookie has it. Default: nothing. A user who was signed in already, and signs in again, reads
    /// nothing.
    ///
    /// The text is in a cookie that is not encrypted, as Rocket has it: escape it, as templates do.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::SignInConfig;
    /// use rocket::request::FlashMessage;
    ///
    /// #[get("/")]
    /// fn index(flash: Option<FlashMessage<'_>>) -> String {
    ///     flash.map_or_else(|| "Welcome".into(), |flash| flash.message().to_owned())
    /// }
    ///
    /// let sign_in = SignInConfig::new().flash("You are signed in.");
    /// ```
    pub fn flash(self, text: impl Into<String>) -> Self {
        self.set("flash", text.into())
    }
}
