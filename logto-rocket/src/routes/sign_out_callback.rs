//! `GET sign-out-callback`: where Logto sends the browser after signing out.

use rocket::{Request, Response};

use super::query::Query;
use crate::client::Client;
use crate::host::HostId;
use crate::oidc::State;
use crate::request::RequestState;
use crate::response::redirect;
use crate::session::CookieWrite;

/// Redirects to the page that the sign-out requested. If the sign-out sent a `state`, only a callback with this
/// `state` belongs to it. Another callback changes nothing.
pub(super) fn respond(client: &Client, request: &Request<'_>, host: HostId) -> Response<'static> {
    let cookies = client.sessions().cookies(host);
    let Some(sign_out) = cookies.post_logout(request) else {
        return redirect::to_path(&client.settings().after_sign_out);
    };
    let query = Query::of(request);
    let (sent, came) = (sign_out.state.as_ref().map(State::reveal), query.get("state"));
    if sent.is_some() && sent != came {
        let how = if came.is_some() { "with another `state`" } else { "without the `state`" };
        log::debug!(
            "A browser came back from a sign-out at Logto {how} that the sign-out sent, so it goes to \
             `after_sign_out`."
        );
        return redirect::to_path(&client.settings().after_sign_out);
    }
    let flash = client.settings().flash.signed_out.as_deref().map(CookieWrite::flash);
    let written = cookies.post_logout_write(None).into_iter().chain(flash);
    RequestState::of(request).writes().cookies.extend(written);
    redirect::to_path(&sign_out.return_to)
}
