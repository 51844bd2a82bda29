//! [`PostLogout`]: the cookie that remembers where to go when Logto sends the browser back after a sign-out.

use std::time::Duration;

use rocket::Request;
use serde::{Deserialize, Serialize};

use super::{CookieWrite, Cookies, SealedAs};
use crate::local_path::LocalPath;
use crate::oidc::State;

/// How long a sign-out at Logto may take.
const LIFETIME: Duration = Duration::from_secs(600);

/// A sign-out for which the browser is at Logto.
#[derive(Serialize, Deserialize)]
pub(crate) struct PostLogout {
    /// Where to go after it.
    #[serde(rename = "r")]
    pub return_to: LocalPath,
    /// What Logto must send back, if the sign-out sent it.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

impl Cookies {
    /// The cookie that remembers a sign-out; without one, its deletion.
    pub fn post_logout_write(&self, sign_out: Option<&PostLogout>) -> Option<CookieWrite> {
        let name = self.names.post_logout();
        let value = match sign_out {
            Some(sign_out) => {
                let text = serde_json::to_string(sign_out).ok()?;
                Some(self.vault.seal(SealedAs::PostLogout, &name, &text)?)
            }
            None => None,
        };
        Some(CookieWrite::lax(name, value, LIFETIME))
    }

    /// The sign-out that [`post_logout_write`](Self::post_logout_write) sealed.
    pub fn post_logout(&self, request: &Request<'_>) -> Option<PostLogout> {
        let name = self.names.post_logout();
        let cookie = request.cookies().get(&name)?;
        let opened = self.vault.open(SealedAs::PostLogout, &name, cookie.value())?;
        serde_json::from_str(&opened.text).ok()
    }
}
