//! [`SiteData`]: what browsers delete of a site when a user signs out.

use super::errors::Wrong;

/// What browsers delete of this site at a sign-out, for
/// [`Config::clear_site_data()`](crate::Config::clear_site_data).
///
/// Cookies are not among it: browsers delete those of the whole registrable domain, with the sessions of
/// all other applications there, and with the cookie that leads back from the sign-out at Logto.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteData {
    /// What the browser has cached, so that the back button shows nothing of the user.
    Cache,
    /// What scripts have stored, such as `localStorage` and databases; service workers end.
    Storage,
    /// The pages of this site that are open, which are loaded again. Few browsers know it.
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
            Wrong::new(what, "write a list out of \"cache\", \"storage\" and \"executionContexts\"")
        })
    }
}
