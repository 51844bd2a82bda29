//! `POST sign-in`: where another site starts a sign-in ([OpenID Connect Core, section
//! 4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)).

use rocket::data::ToByteUnit;
use rocket::{Data, Request, Response};

use super::query::Query;
use super::sign_in::{self, LISTED};
use crate::client::Client;
use crate::response::redirect;

/// The largest body that is read. The form of a sign-in is never longer.
const MAX_BODY_KB: u64 = 16;

/// The longest address of the redirect, in bytes, because proxies refuse longer headers.
const MAX_ADDRESS: usize = 3_000;

/// Redirects to `GET sign-in` with those parameters of the form that a link may have. Browsers do not send this
/// site's cookies with a form of another site, but send them when they follow the redirect, so only that route
/// knows who is signed in.
pub(super) async fn respond(
    client: &Client,
    request: &Request<'_>,
    data: Data<'_>,
) -> Response<'static> {
    let form = form(request, data).await;
    let issuer = form.get("iss").unwrap_or_default();
    if let Some(page) = sign_in::from_another_issuer(client, request, issuer).await {
        return page;
    }
    let passed_on = ["iss", "return_to", "target_link_uri"].into_iter().chain(LISTED);
    let address = passed_on.fold(client.sign_in(None), |address, name| {
        let longer = form.get(name).map(|value| address.with_parameter(name, value));
        longer.filter(|longer| longer.as_str().len() <= MAX_ADDRESS).unwrap_or(address)
    });
    redirect::to_path(&address)
}

/// The parameters of the form, none if it is not one or too long.
async fn form(request: &Request<'_>, data: Data<'_>) -> Query {
    let is_form = request.content_type().is_some_and(|kind| kind.is_form());
    let body = data.open(MAX_BODY_KB.kibibytes()).into_bytes().await;
    match body {
        Ok(body) if is_form && body.is_complete() => Query::parse(&body),
        _ => Query::parse(&[]),
    }
}
