//! `GET sign-in`, `GET sign-up`: where a browser starts a sign-in.

use rocket::http::Status;
use rocket::{Request, Response};
use url::Url;

use super::query::Query;
use crate::challenge::redirect;
use crate::config::is_loopback;
use crate::error::Error;
use crate::logto::{Logto, SignInBuilder};
use crate::navigation::{Kind, header, is_own};
use crate::notice::Notice;
use crate::oidc::SignInOptions;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// What a link to the door may say of the sign-in, besides `return_to`.
const LISTED: [&str; 8] = [
    "first_screen",
    "identifier",
    "login_hint",
    "direct_sign_in",
    "ui_locales",
    "organization_id",
    "one_time_token",
    "max_age",
];

/// Starts a sign-in for somebody who goes to the door, and for nobody and nothing else.
pub(super) async fn respond(
    logto: &Logto,
    request: &Request<'_>,
    builder: SignInBuilder<'_>,
) -> Response<'static> {
    if Kind::at_door(request) != Kind::Navigation {
        return Notice::new(
            Status::BadRequest,
            "This is where a person signs in",
            "A sign-in starts when a browser goes to this address, not when a page loads it.",
        )
        .respond(request);
    }
    if let Some(door) = by_its_own_name(logto, request) {
        return redirect(Status::SeeOther, door.into());
    }
    let query = Query::of(request);
    if let Some(question) = question(logto, request, &query).await {
        return question;
    }
    let builder = match query.get("return_to").filter(|path| is_local(path)) {
        Some(path) => builder.return_to(path),
        None => builder,
    };
    let builder = builder.with(|options| read(options, &query));
    let builder = match &logto.hooks().sign_in_options {
        Some(hook) => builder.with(|options| hook(request, options)),
        None => builder,
    };
    match builder.start().await {
        Ok(started) => started.respond(request),
        Err(error) => failed(request, &error),
    }
}

/// The same door under the site's own name, if a developer came to it under another of this
/// machine's: a browser that starts at 127.0.0.1, as Rocket prints it, has no cookie when Logto
/// sends it back to localhost.
fn by_its_own_name(logto: &Logto, request: &Request<'_>) -> Option<Url> {
    let mut site = Url::parse(logto.origin()).ok()?;
    let asked = Url::parse(&format!("http://{}", header(request, "Host")?)).ok()?;
    let elsewhere = site.scheme() == "http"
        && site.host() != asked.host()
        && site.port_or_known_default() == asked.port_or_known_default()
        && is_loopback(&asked);
    if !elsewhere {
        return None;
    }
    site.set_path(request.uri().path().as_str());
    site.set_query(request.uri().query().map(|query| query.as_str()));
    Some(site)
}

/// Asks before somebody who is signed in is signed in as somebody else, by a link on another site.
async fn question(
    logto: &Logto,
    request: &Request<'_>,
    query: &Query,
) -> Option<Response<'static>> {
    let switches = ["one_time_token", "direct_sign_in", "organization_id"];
    let asked = switches.iter().any(|name| query.get(name).is_some());
    if !asked || is_own(request, logto.origin()) {
        return None;
    }
    let presented = Visit::of(request).presented(request, logto).await.ok().flatten()?;
    let user = crate::LogtoUser::new(logto.clone(), presented.session.clone());
    let text = format!(
        "You are signed in as {}. The link that brought you here signs you in once more, perhaps \
         as somebody else.",
        user.display_name()
    );
    let notice = Notice::new(Status::Ok, "Sign in again?", text)
        .link("Sign in", request.uri().to_string())
        .link("Stay signed in", logto.settings().after_sign_in.as_str());
    Some(notice.respond(request))
}

/// The options in the query of the door. What is not listed, or cannot be read, is left out: Logto
/// would drop all of them for one wrong value.
fn read(options: SignInOptions, query: &Query) -> SignInOptions {
    LISTED.into_iter().fold(options, |options, name| match query.get(name) {
        Some(value) => options.link_parameter(name, value),
        None => options,
    })
}

fn is_local(path: &str) -> bool {
    path.parse::<crate::redirect::LocalPath>().is_ok()
}

fn failed(request: &Request<'_>, error: &Error) -> Response<'static> {
    match error {
        Error::Unavailable { retry_after, .. } => {
            let refusal = Refusal::Unavailable { retry_after: *retry_after };
            Visit::of(request).guarded(Some(refusal.clone()));
            Notice::new(
                refusal.status(),
                "The sign-in service does not answer",
                "Please try again in a moment.",
            )
            .link("Try again", request.uri().to_string())
            .respond(request)
        }
        _ => Notice::new(
            Status::BadGateway,
            "The sign-in could not be started",
            "The operator of this application finds the reason in the log.",
        )
        .respond(request),
    }
}
