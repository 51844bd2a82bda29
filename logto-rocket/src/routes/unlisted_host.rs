//! The page for a sign-in or a sign-out at a host that is none of the site's.

use rocket::http::Status;
use rocket::{Request, Response};

use crate::client::Client;
use crate::host::HostId;
use crate::request::NotListed;
use crate::response::{PageDraft, Topic};
use crate::shown::shown;

/// Says which host came and where the site is. A browser that signed in here would come back from Logto
/// at a host to which the cookies of this one are not sent.
pub(super) fn respond(
    client: &Client,
    request: &Request<'_>,
    why: &NotListed,
) -> Response<'static> {
    let sent = match why {
        NotListed::Other(Some(host)) => format!("the request's `Host` is `{}`", shown(host)),
        NotListed::Other(None) => "the request has no `Host`".into(),
        NotListed::Several => "the request names several hosts".into(),
    };
    let origin = client.origin(HostId::FIRST);
    let site = format!("{origin}{}", client.settings().base_urls.prefix);
    let home = format!("{origin}{}", client.settings().after_sign_in);
    client.warnings().once("host", "unlisted", || {
        format!(
            "A sign-in, its callback or a sign-out was refused: {sent}, which is none of \
             `logto.base_urls`{}. Behind a proxy, let the proxy pass the host on (nginx: \
             `proxy_set_header Host $host`).",
            client.settings().source_of("base_urls")
        )
    });
    PageDraft::new(Status::BadRequest, Topic::UnlistedHost)
        .unlisted_host(why.clone(), site, home)
        .respond(request)
}
