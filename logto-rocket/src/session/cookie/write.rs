//! [`CookieWrite`]: a cookie that a response is to set or to delete.

use std::time::Duration;

use cookie::{Cookie, SameSite};

use super::Cookies;
use crate::session::lifetimes::FLOW_LIFETIME;

/// A cookie to be set, or, without a value, to be deleted.
pub(crate) struct CookieWrite {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) same_site: SameSite,
    pub(super) max_age: Duration,
}

impl Cookies {
    /// The cookie with its attributes. Its text needs no percent-encoding: it is base64.
    pub fn build(&self, write: CookieWrite) -> Cookie<'static> {
        let max_age = if write.value.is_some() { write.max_age } else { Duration::ZERO };
        let max_age = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        Cookie::build((write.name, write.value.unwrap_or_default()))
            .path("/")
            .http_only(true)
            .secure(self.attributes.secure)
            .same_site(write.same_site)
            .max_age(cookie::time::Duration::seconds(max_age))
            .build()
    }
}

impl CookieWrite {
    /// The deletion of the cookie of a sign-in.
    pub fn forget_flow(name: String) -> Self {
        Self::lax(name, None)
    }

    /// A cookie that lives as long as a sign-in. It is `Lax` whatever the session is: the callback
    /// comes from another site.
    pub(super) fn lax(name: String, value: Option<String>) -> Self {
        Self { name, value, same_site: SameSite::Lax, max_age: FLOW_LIFETIME }
    }
}
