//! `POST backchannel-logout`: where Logto says that a session there has ended
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use rocket::data::ToByteUnit;
use rocket::http::{ContentType, Header, Status};
use rocket::{Data, Request, Response};
use url::form_urlencoded;

use crate::client::Client;
use crate::error::{Call, Error};
use crate::events::Event;
use crate::oidc::{LogoutError, LogoutToken};
use crate::request::client_address;
use crate::session::Sessions;
use crate::task::SharedTask;

/// The time limit. Logto waits two and a half seconds, and the user waits with it.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The most that is read.
const MAX_BODY_KB: u64 = 64;

/// Ends the sessions that the token names. The request needs no cookie, because the token is the
/// proof.
pub(super) async fn respond(
    client: &Client,
    request: &Request<'_>,
    data: Data<'_>,
) -> Response<'static> {
    let ended = tokio::time::timeout(TIMEOUT, end(client, request, data)).await;
    match ended.unwrap_or_else(|_| Err(too_slow())) {
        Ok(LogoutToken { sub, sid, .. }) => {
            client.emit(&Event::BackchannelLogout { sub, sid });
            Response::build().status(Status::Ok).finalize()
        }
        Err(error) => {
            let response = refusal(&error);
            client.emit(&Event::BackchannelLogoutRefused { error });
            response
        }
    }
}

async fn end(
    client: &Client,
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<LogoutToken, LogoutError> {
    let text = logout_token(request, data).await.ok_or(LogoutError::Request)?;
    let token = client.oidc().verify_logout_token(&text, client_address(request)).await?;
    // The logout is completed even if Logto no longer waits for it.
    let (sessions, ended) = (Arc::clone(client.sessions()), token.clone());
    let work = SharedTask::spawn(async move { carry_out(&sessions, &ended).await });
    let done = work.result().await.unwrap_or_else(|| Err(aborted()));
    done.inspect_err(|_| client.oidc().forget_logout_token(&token))?;
    Ok(token)
}

/// The one `logout_token` of the form.
async fn logout_token(request: &Request<'_>, data: Data<'_>) -> Option<String> {
    request.content_type().filter(|kind| kind.is_form())?;
    let body = data.open(MAX_BODY_KB.kibibytes()).into_bytes().await.ok()?;
    if !body.is_complete() {
        return None;
    }
    let mut tokens = form_urlencoded::parse(&body).filter(|(name, _)| name == "logout_token");
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => Some(token.into_owned()),
        _ => None,
    }
}

async fn carry_out(sessions: &Arc<Sessions>, token: &LogoutToken) -> Result<(), Error> {
    let over = match (&token.sid, &token.sub) {
        (Some(sid), _) => sessions.end_by_sid(sid).await?,
        (None, Some(sub)) => sessions.end_at_logto(sub, token.issued_at).await?,
        (None, None) => return Ok(()),
    };
    // With `offline_access` refresh tokens outlive the session at Logto. The response does not wait
    // for their revocation.
    let sessions = Arc::clone(sessions);
    tokio::spawn(async move { sessions.revoke(over).await });
    Ok(())
}

/// A refusal without a reason, in the format of [section
/// 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse).
fn refusal(error: &LogoutError) -> Response<'static> {
    let mut response = Response::build();
    let body = if error.is_the_senders() {
        response.status(Status::BadRequest);
        r#"{"error":"invalid_request"}"#
    } else {
        response.status(Status::ServiceUnavailable).header(Header::new("Retry-After", "1"));
        r#"{"error":"temporarily_unavailable"}"#
    };
    response.header(ContentType::JSON).sized_body(body.len(), Cursor::new(body)).finalize()
}

fn too_slow() -> LogoutError {
    LogoutError::Unavailable(Error::Unavailable {
        call: Call::Keys,
        why: "a back-channel logout did not finish within 2 seconds".into(),
        status: None,
        retry_after: None,
    })
}

fn aborted() -> Error {
    Error::Store { why: "the end of the sessions was aborted".into() }
}
