//! [`CookieWrite`]: a cookie that a response is to set or to delete.

use std::time::Duration;

use cookie::{Cookie, SameSite};

use super::Cookies;

/// A cookie to be set, or, without a value, to be deleted.
pub(crate) struct CookieWrite {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) same_site: SameSite,
    /// How long the browser keeps it; `None`: until it is closed.
    pub(super) max_age: Option<Duration>,
}

impl Cookies {
    /// The cookie with its attributes. Its text needs no percent-encoding: it is base64, or encoded already.
    pub fn build(&self, write: CookieWrite) -> Cookie<'static> {
        let max_age = if write.value.is_some() { write.max_age } else { Some(Duration::ZERO) };
        let mut cookie = Cookie::build((write.name, write.value.unwrap_or_default()))
            .path("/")
            .http_only(true)
            .secure(self.attributes.secure)
            .same_site(write.same_site)
            .build();
        cookie.set_max_age(max_age.map(|age| {
            let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            cookie::time::Duration::seconds(seconds)
        }));
        cookie
    }
}

impl Cookies {
    /// How many bytes of a response's headers a cookie takes.
    pub(super) fn header_bytes(&self, write: &CookieWrite) -> usize {
        let CookieWrite { name, value, same_site, max_age } = write;
        let (same_site, max_age) = (*same_site, *max_age);
        let empty =
            CookieWrite { name: name.clone(), value: Some(String::new()), same_site, max_age };
        let value = value.as_ref().map_or(0, String::len);
        "Set-Cookie: \r\n".len() + self.build(empty).to_string().len() + value
    }
}

impl CookieWrite {
    /// The deletion of the cookie of a sign-in.
    pub(super) fn forget_flow(name: String) -> Self {
        Self::lax(name, None, Duration::ZERO)
    }

    /// A cookie with this lifetime. It is `Lax` also if the session's cookie is not, because Logto redirects from
    /// another site.
    pub(super) fn lax(name: String, value: Option<String>, max_age: Duration) -> Self {
        Self { name, value, same_site: SameSite::Lax, max_age: Some(max_age) }
    }

    /// How many bytes of a request's `Cookie` header it takes.
    pub(super) fn bytes(&self) -> usize {
        bytes_in_header(&self.name, self.value.as_deref().unwrap_or_default())
    }
}

/// How many bytes of a request's `Cookie` header a cookie takes.
pub(super) fn bytes_in_header(name: &str, value: &str) -> usize {
    name.len() + "=".len() + value.len() + "; ".len()
}
