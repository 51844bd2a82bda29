//! The post-logout cookie: where to go when Logto sends the browser back after a sign-out.

use rocket::Request;

use super::{CookieWrite, Cookies, SealedAs};

impl Cookies {
    /// The cookie that remembers where to go after the sign-out; without a path, its deletion.
    pub fn post_logout_write(&self, return_to: Option<&str>) -> Option<CookieWrite> {
        let name = self.names.post_logout();
        let value = match return_to {
            Some(return_to) => Some(self.vault.seal(SealedAs::PostLogout, &name, return_to)?),
            None => None,
        };
        Some(CookieWrite::lax(name, value))
    }

    /// Where to go after the sign-out, as [`post_logout_write`](Self::post_logout_write) sealed it.
    pub fn post_logout(&self, request: &Request<'_>) -> Option<String> {
        let name = self.names.post_logout();
        let cookie = request.cookies().get(&name)?;
        Some(self.vault.open(SealedAs::PostLogout, &name, cookie.value())?.text)
    }
}
