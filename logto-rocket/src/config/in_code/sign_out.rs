//! [`SignOutConfig`]: the keys under `sign_out`, written in code.

use std::fmt;

use rocket::figment::value::{Dict, Value};

use super::{debug, list};
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

impl SignOutConfig {
    /// A layer that sets nothing.
    pub fn new() -> Self {
        Self::default()
    }

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

    pub(super) fn into_dict(self) -> Dict {
        self.0
    }

    fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }
}

impl fmt::Debug for SignOutConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("SignOutConfig", "sign_out.", &self.0, f)
    }
}
