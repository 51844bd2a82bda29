//! `POST backchannel-logout`: where Logto says that a session there has ended
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use rocket::data::ToByteUnit;
use rocket::http::{ContentType, Header, Status};
use rocket::{Data, Request, Response};
use url::form_urlencoded;

use crate::error::{Call, Error};
use crate::events::Event;
use crate::logto::Logto;
use crate::oidc::{LogoutError, LogoutToken};
use crate::session::Sessions;
use crate::task::SharedTask;

/// How long it may take. Logto waits two and a half seconds, and its user with it.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that is read.
const MAX_BODY_KB: u64 = 64;

/// Ends what the token says. Whoever asks needs no cookie and gets none: the token is the proof.
pub(super) async fn respond(
    logto: &Logto,
    request: &Request<'_>,
    data: Data<'_>,
) -> Response<'static> {
    let ended = tokio::time::timeout(PATIENCE, end(logto, request, data)).await;
    match ended.unwrap_or_else(|_| Err(too_slow())) {
        Ok(LogoutToken { sub, sid, .. }) => {
            logto.tell(&Event::BackchannelLogout { sub, sid });
            Response::build().status(Status::Ok).finalize()
        }
        Err(error) => {
            let response = refusal(&error);
            logto.tell(&Event::BackchannelLogoutRefused { error });
            response
        }
    }
}

async fn end(
    logto: &Logto,
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<LogoutToken, LogoutError> {
    let text = logout_token(request, data).await.ok_or(LogoutError::Request)?;
    let token = logto.oidc().verify_logout_token(&text).await?;
    // What has begun is done, though Logto may not wait for it.
    let (keeper, ended) = (Arc::clone(logto.keeper()), token.clone());
    let work = SharedTask::spawn(async move { carry_out(&keeper, &ended).await });
    let done = work.result().await.unwrap_or_else(|| Err(aborted()));
    done.inspect_err(|_| logto.oidc().forget_logout_token(&token))?;
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

async fn carry_out(keeper: &Arc<Sessions>, token: &LogoutToken) -> Result<(), Error> {
    let over = match (&token.sid, &token.sub) {
        (Some(sid), _) => keeper.end_by_sid(sid).await?,
        (None, Some(sub)) => keeper.end_by_sub(sub, token.issued_at).await?,
        (None, None) => return Ok(()),
    };
    // With `offline_access` refresh tokens outlive the session at Logto. Nobody waits for their end.
    let keeper = Arc::clone(keeper);
    tokio::spawn(async move { keeper.revoke(over).await });
    Ok(())
}

/// A refusal that tells nothing of why, in the form of
/// [section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse).
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
        why: "a back-channel logout was not done within 2 seconds".into(),
        retry_after: None,
    })
}

fn aborted() -> Error {
    Error::Store { why: "the end of the sessions was aborted".into() }
}
