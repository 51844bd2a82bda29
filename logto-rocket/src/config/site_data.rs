//! [`SiteData`]: what browsers delete of a site when a user signs out.

use super::errors::Wrong;

/// A kind of data of this site that browsers delete at a sign-out, for
/// [`SignOutConfig::clear_site_data()`](crate::SignOutConfig::clear_site_data).
///
/// There is no value for cookies. Browsers would delete the cookies of the whole registrable domain, including
/// the sessions of all other applications there and the cookie that this crate needs for the return from Logto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteData {
    /// The browser's cache, so that the back button shows no page of the user.
    Cache,
    /// Data that scripts have stored, such as `localStorage` and databases. Service workers end.
    Storage,
    /// The open pages of this site, which the browser loads again. Few browsers support this value.
    ExecutionContexts,
}

impl SiteData {
    const EVERY: [Self; 3] = [Self::Cache, Self::Storage, Self::ExecutionContexts];

    /// Its name in the header.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Storage => "storage",
            Self::ExecutionContexts => "executionContexts",
        }
    }

    /// The data with this name.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let known = Self::EVERY.into_iter().find(|data| data.as_str() == text);
        known.ok_or_else(|| {
            let what = match text {
                "cookies" | "*" => {
                    "would delete the cookies of the whole domain: those of other applications, and the \
                     one that leads back from the sign-out at Logto"
                }
                _ => "is not a kind of data that browsers can delete",
            };
            Wrong::new(what, "write a list with some of \"cache\", \"storage\" and \
                              \"executionContexts\"")
        })
    }
}
