//! `POST sign-in`: where another site starts a sign-in ([OpenID Connect Core, section
//! 4](https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin)).

use rocket::data::ToByteUnit;
use rocket::{Data, Request, Response};

use super::query::Query;
use super::sign_in::{self, LISTED};
use crate::client::Client;
use crate::response::redirect;

/// The most that is read. What is longer is no form of a sign-in.
const MAX_BODY_KB: u64 = 16;

/// The longest address that this leads to, in bytes: proxies refuse longer headers.
const MAX_ADDRESS: usize = 3_000;

/// Leads to `GET sign-in` with what the form says and a link may say. A form of another site comes
/// without this site's cookies; the browser sends them along when it follows the redirect, so that only
/// there it is known who is signed in.
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
