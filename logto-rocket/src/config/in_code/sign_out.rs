//! [`SignOutConfig`]: the keys under `sign_out`, written in code.

use rocket::figment::value::Dict;

use super::list;
use super::table::table;
use crate::config::SiteData;

/// Configuration of sign-outs written in code, for [`Config::sign_out()`](crate::Config::sign_out).
///
/// ```
/// use logto_rocket::{SignOutConfig, SiteData};
///
/// let sign_out = SignOutConfig::new()
///     .clear_site_data([SiteData::Cache])
///     .flash("You are signed out.");
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration has no effect until the fairing gets it"]
pub struct SignOutConfig(Dict);

table!(SignOutConfig, "sign_out");

impl SignOutConfig {
    /// The data of this site that browsers delete at a sign-out, besides the session. The response to a
    /// sign-out then has the header [`Clear-Site-Data`](https://www.w3.org/TR/clear-site-data/). Default: none.
    /// Browsers obey the header over https and on loopback hosts only, and not every browser supports each
    /// value. The header affects all applications of this origin.
    pub fn clear_site_data(self, data: impl IntoIterator<Item = SiteData>) -> Self {
        self.set("clear_site_data", list(data.into_iter().map(SiteData::as_str)))
    }

    /// What the page after a sign-out can show once, as
    /// [`SignInConfig::flash()`](crate::SignInConfig::flash) does after a sign-in. Default: nothing.
    pub fn flash(self, text: impl Into<String>) -> Self {
        self.set("flash", text.into())
    }
}
