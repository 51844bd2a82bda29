//! `GET sign-out-callback`: where Logto sends the browser after signing out.

use rocket::{Request, Response};

use crate::client::Client;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::request::RequestState;
use crate::response::redirect;

/// Redirects to the page that the sign-out requested.
pub(super) fn respond(client: &Client, request: &Request<'_>, host: HostId) -> Response<'static> {
    let cookies = client.sessions().cookies(host);
    let return_to = cookies.post_logout(request).and_then(|path| path.parse::<LocalPath>().ok());
    if return_to.is_some() {
        RequestState::of(request).writes().cookies.extend(cookies.post_logout_write(None));
    }
    redirect::to_path(return_to.as_ref().unwrap_or(&client.settings().after_sign_out))
}
