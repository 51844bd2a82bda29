//! `POST sign-out`, `GET sign-out`: where a browser signs out.

use rocket::http::{Method, Status};
use rocket::{Request, Response};

use super::go;
use super::query::Query;
use crate::challenge::Challenge;
use crate::error::Error;
use crate::guard::LogtoUser;
use crate::logto::Logto;
use crate::navigation::{Kind, header, is_own};
use crate::notice::Notice;
use crate::redirect::LocalPath;
use crate::refusal::Refusal;
use crate::visit::{SessionWrite, Visit};

/// Signs out who asked for it on a page of this site. Anybody else's request gets a page with a
/// button and changes nothing.
pub(super) async fn respond(logto: &Logto, request: &Request<'_>) -> Response<'static> {
    let query = Query::of(request);
    let return_to = query.get("return_to").and_then(|path| path.parse::<LocalPath>().ok());
    let presented = match Visit::of(request).presented(request, logto).await {
        Ok(Some(presented)) => presented,
        Ok(None) => return go(return_to.as_ref().unwrap_or(&logto.settings().after_sign_out)),
        Err(error) => return forget(logto, request, &error),
    };
    if !is_wanted(logto, request) {
        return ask(logto, request, return_to.as_ref());
    }
    let user = LogtoUser::new(logto.clone(), presented.session.clone());
    let sign_out = logto.sign_out(&user);
    let sign_out = match &return_to {
        Some(path) => sign_out.return_to(path.as_str()),
        None => sign_out,
    };
    sign_out.start().await.respond(request)
}

/// The session cannot be ended where it is kept; but this browser can forget it.
fn forget(logto: &Logto, request: &Request<'_>, error: &Error) -> Response<'static> {
    log::error!("A browser signs out, but: {error}");
    let refusal = Refusal::Unavailable { retry_after: None };
    if !is_wanted(logto, request) {
        return Challenge::from(refusal).respond(request);
    }
    Visit::of(request).writes().session = SessionWrite::Delete;
    Notice::new(
        refusal.status(),
        "You are signed out in this browser",
        "The session could not be ended everywhere. On a computer that others use, close the \
         browser.",
    )
    .respond(request)
}

/// Whether somebody on a page of this site wants to sign out.
fn is_wanted(logto: &Logto, request: &Request<'_>) -> bool {
    let own = match header(request, "Sec-Fetch-Site") {
        Some(_) => is_own(request, logto.origin()),
        None => header(request, "Origin") == Some(logto.origin()),
    };
    let navigates = header(request, "Sec-Fetch-Mode").is_none_or(|mode| mode == "navigate")
        && header(request, "Sec-Fetch-Dest").is_none_or(|dest| dest == "document");
    let post = request.method() == Method::Post;
    own && (post || (navigates && Kind::at_door(request) == Kind::Navigation))
}

fn ask(logto: &Logto, request: &Request<'_>, return_to: Option<&LocalPath>) -> Response<'static> {
    let mut action = logto.sign_out_uri();
    if let Some(path) = return_to {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("return_to", path.as_str())
            .finish();
        action = format!("{action}?{query}");
    }
    Notice::new(Status::Ok, "Sign out?", "Nothing has happened yet.")
        .post("Sign out", action, logto.settings().issuer.url().origin().ascii_serialization())
        .respond(request)
}
