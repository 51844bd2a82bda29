//! [`RoutesConfig`]: the keys under `routes`, written in code.

use rocket::figment::value::Dict;

use super::table::table;

/// The names of routes written in code, for [`Config::routes()`](crate::Config::routes).
///
/// A name is a path below `base`: letters, digits, `-`, `_`, `.`, `~`, and `/` between segments. Redirect
/// URIs, links, pages and templates follow it; what is registered at Logto must follow, too.
///
/// ```
/// use logto_rocket::RoutesConfig;
///
/// let routes = RoutesConfig::new().sign_in("login").sign_out("logout").without_sign_up();
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct RoutesConfig(Dict);

table!(RoutesConfig, "routes");

impl RoutesConfig {
    /// The route that starts a sign-in, by `GET` and by `POST`. Default: `sign-in`.
    pub fn sign_in(self, name: impl Into<String>) -> Self {
        self.set("sign_in", name.into())
    }

    /// The route that starts a sign-in on the page that creates an account. Default: `sign-up`.
    pub fn sign_up(self, name: impl Into<String>) -> Self {
        self.set("sign_up", name.into())
    }

    /// Leaves the route `sign-up` out. [`Logto::sign_up()`](crate::Logto::sign_up) works in any case.
    pub fn without_sign_up(self) -> Self {
        self.set("sign_up", false)
    }

    /// The redirect URI to register at Logto. Default: `sign-in-callback`.
    pub fn sign_in_callback(self, name: impl Into<String>) -> Self {
        self.set("sign_in_callback", name.into())
    }

    /// The route that ends the session. Default: `sign-out`.
    pub fn sign_out(self, name: impl Into<String>) -> Self {
        self.set("sign_out", name.into())
    }

    /// The post sign-out redirect URI to register at Logto. Default: `sign-out-callback`.
    pub fn sign_out_callback(self, name: impl Into<String>) -> Self {
        self.set("sign_out_callback", name.into())
    }

    /// The back-channel logout URI to register at Logto. Default: `backchannel-logout`.
    pub fn backchannel_logout(self, name: impl Into<String>) -> Self {
        self.set("backchannel_logout", name.into())
    }

    /// Leaves the route for back-channel logouts out: a sign-out at Logto, or in another application, then
    /// ends no session here.
    pub fn without_backchannel_logout(self) -> Self {
        self.set("backchannel_logout", false)
    }

    /// The route that returns the signed-in user to the site's own scripts. Default: `user`.
    pub fn user(self, name: impl Into<String>) -> Self {
        self.set("user", name.into())
    }

    /// Leaves the route out that returns the signed-in user.
    pub fn without_user(self) -> Self {
        self.set("user", false)
    }

    /// The route that receives the webhooks of Logto, if there are
    /// [signing keys](crate::WebhookConfig::signing_keys). Default: `webhook`.
    pub fn webhook(self, name: impl Into<String>) -> Self {
        self.set("webhook", name.into())
    }
}
