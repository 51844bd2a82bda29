//! `GET sign-in`, `GET sign-up`: where a browser starts a sign-in, on this site or by a link on another one.

use std::sync::Arc;

use cookie::SameSite;
use rocket::http::Status;
use rocket::{Request, Response};
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::query::Query;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::flows::SignInBuilder;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::loopback::is_loopback;
use crate::oidc::SignInOptions;
use crate::request::{Initiator, Kind, Loader, RequestState, header, own_path};
use crate::response::{Challenge, Kept, Label, PageDraft, Topic, onward, redirect};
use crate::session::MAX_RETURN_TO;
use crate::user::LogtoUser;

/// The parameters of a link to the route, besides `return_to`, `remember`, and the `iss` and
/// `target_link_uri` of a sign-in that another site starts.
pub(super) const LISTED: [&str; 9] = [
    "max_age",
    "switch",
    "first_screen",
    "identifier",
    "login_hint",
    "direct_sign_in",
    "ui_locales",
    "organization_id",
    "one_time_token",
];

/// The parameter that marks a link of another site when a page of this site leads to it.
const ELSEWHERE: &str = "elsewhere";

/// The maximum number of bytes of the URL at Logto that the parameters of a link may take. Proxies accept 4
/// kB of response headers. These also contain everything else that a sign-in asks for, and a cookie with the
/// page to return to.
const MAX_OPTIONS: usize = 1_500;

/// Starts a sign-in if a browser navigates to the route, and for no other request. A library that follows
/// links by script is told to let the browser load the route, also when it prefetches, because on a click it
/// shows the prefetched response.
pub(super) async fn respond(
    client: &Arc<Client>,
    request: &Request<'_>,
    host: HostId,
    builder: SignInBuilder<'_>,
) -> Response<'static> {
    let own = own_path(request, client).unwrap_or_else(|| client.sign_in(None));
    // Only a page of this site may set `remember`, and a link on a page that this function returns is one of this site.
    let may_remember = Initiator::of(request, client).may_change_the_user();
    let own = if may_remember { own } else { own.without_parameter("remember") };
    match (Kind::at_route(request), Loader::of(request)) {
        (Kind::Navigation, _) => {}
        (Kind::Prefetch, Some(Loader::Htmx)) | (_, None) => {
            return only_for_people(client, request, own);
        }
        (_, Some(loader)) => return onward::load_in_full(request, loader, &own),
    }
    // Rocket treats a form with `_method=GET` as a GET request. Browsers do not send a `Lax` cookie with a form of
    // another site, so it would look as if no user were signed in.
    if request.content_type().is_some_and(|kind| kind.is_form()) {
        return only_for_people(client, request, own);
    }
    if let Some(url) = under_the_configured_host(client, request, host, &own) {
        return redirect::to_own_url(&url);
    }
    client.warn_of_other_host(header(request, "Host"), host, "A sign-in");
    let query = Query::of(request);
    if let Some(issuer) = query.get("iss")
        && let Some(page) = from_another_issuer(client, request, issuer).await
    {
        return page;
    }
    if let Some(question) = question(client, request, &query, &own).await {
        return question;
    }
    let builder = match query.get("return_to").or(query.get("target_link_uri")) {
        Some(path) => builder.return_to(path),
        None => builder,
    };
    let builder = match query.get("remember") {
        Some(choice @ ("0" | "1")) if may_remember => builder.remember(choice == "1"),
        _ => builder,
    };
    let builder = builder.with(|options| read(options, &query));
    let Some(builder) = builder.changed_by_hook(request) else {
        log::error!("`sign_in_options` panicked, so the sign-in was not started.");
        let refusal = Refusal::Misconfigured("`sign_in_options` panicked".into());
        return Challenge::from(refusal).respond(request);
    };
    match builder.start().await {
        Ok(mut started) => {
            started.bind(request).await;
            started.respond(request)
        }
        Err(error) => failed(request, &error, own),
    }
}

/// The page for a sign-in that another site starts with an `iss` that is not the issuer of this site.
pub(super) async fn from_another_issuer(
    client: &Client,
    request: &Request<'_>,
    issuer: &str,
) -> Option<Response<'static>> {
    let wrong = client.oidc().wrong_issuer(Some(issuer)).await.ok().flatten()?;
    log::debug!("A sign-in that another site started was refused: its `iss` {wrong}.");
    let page = PageDraft::new(Status::BadRequest, Topic::OtherIssuer)
        .cause(request, format!("`iss` {wrong}"))
        .link(Label::SignIn, client.sign_in(None));
    Some(page.respond(request))
}

/// The page for a request that is no navigation. If its link could switch the user, it is marked as one of another
/// site, unless a page of this site has made the request.
fn only_for_people(client: &Client, request: &Request<'_>, own: LocalPath) -> Response<'static> {
    let is_from_here = Initiator::of(request, client).may_change_the_user();
    let is_harmless = is_from_here || !may_switch_the_user(&Query::of(request));
    let own = if is_harmless { own } else { from_elsewhere(&own) };
    let page = |text| PageDraft::new(Status::BadRequest, text);
    match Kind::at_route(request) {
        Kind::Frame => page(Topic::SignInInFrame).sign_in_in_new_tab(Kept::Frame, own),
        _ => page(Topic::NotANavigation).link(Label::SignIn, own.clone()).sign_in(own),
    }
    .respond(request)
}

/// The URL of this request at the configured host, if a developer opened the site under another name of this
/// machine. A browser that starts at 127.0.0.1, which Rocket prints, has no cookie when Logto sends it back
/// to localhost.
fn under_the_configured_host(
    client: &Arc<Client>,
    request: &Request<'_>,
    host: HostId,
    own: &LocalPath,
) -> Option<Url> {
    let site = Url::parse(client.origin(host)).ok()?;
    let asked = Url::parse(&format!("http://{}", header(request, "Host")?)).ok()?;
    let elsewhere = site.scheme() == "http"
        && site.host() != asked.host()
        && site.port_or_known_default() == asked.port_or_known_default()
        && is_loopback(&asked);
    if !elsewhere {
        return None;
    }
    site.join(own.as_str()).ok()
}

/// The page that asks before a link on another site signs in a user who is signed in already.
async fn question(
    client: &Arc<Client>,
    request: &Request<'_>,
    query: &Query,
    own: &LocalPath,
) -> Option<Response<'static>> {
    let initiator = Initiator::of(request, client);
    let is_from_elsewhere = query.get(ELSEWHERE) == Some("1");
    if !may_switch_the_user(query) || initiator.may_change_the_user() && !is_from_elsewhere {
        return None;
    }
    let own = own.without_parameter(ELSEWHERE);
    let loaded = match RequestState::of(request).loaded(request, client).await {
        Ok(Some(loaded)) => loaded,
        // The browser may have a session and not have sent its cookie.
        Ok(None) if leaves_cookies_out(client, initiator, is_from_elsewhere) => {
            return Some(onward::from_this_site(request, &from_elsewhere(&own)));
        }
        Ok(None) => return None,
        // It is unknown whether the sign-in would sign another user out.
        Err(error) => {
            let refusal = Refusal::from(&error);
            RequestState::of(request).guarded(Some(refusal.clone()));
            return Some(Challenge::from(refusal).respond(request));
        }
    };
    let user = LogtoUser::new(client, loaded.session.clone());
    let page = PageDraft::new(Status::Ok, Topic::SignInAgain)
        .signed_in_as(Some(user.display_name()))
        .link(Label::SignIn, own)
        .link(Label::StaySignedIn, client.settings().after_sign_in.clone());
    Some(page.respond(request))
}

/// Whether a link can sign in another user than the one who is signed in.
fn may_switch_the_user(query: &Query) -> bool {
    let switches = ["one_time_token", "direct_sign_in", "organization_id"];
    switches.iter().any(|name| query.get(name).is_some()) || query.get("switch") == Some("1")
}

/// A link of another site, with the mark that it gets when a page of this site leads to it.
fn from_elsewhere(link: &LocalPath) -> LocalPath {
    link.without_parameter(ELSEWHERE).with_parameter(ELSEWHERE, "1")
}

/// Whether browsers send no cookie of the session with a request of this initiator. A request that does not
/// state its initiator counts as one of this site if its link has the mark, because then a page of this site
/// led to it.
fn leaves_cookies_out(client: &Client, initiator: Initiator, is_from_elsewhere: bool) -> bool {
    let may_be_another_site = match initiator {
        Initiator::OtherSite | Initiator::TrustedPage => true,
        Initiator::Unstated => !is_from_elsewhere,
        Initiator::OwnPage | Initiator::OwnReferrer | Initiator::AddressBar => false,
    };
    may_be_another_site && client.settings().session.same_site == SameSite::Strict
}

/// The options in the query of the route. An option that is unknown, unreadable or too long is left out,
/// because Logto ignores all options if one has a wrong value.
fn read(options: SignInOptions, query: &Query) -> SignInOptions {
    let page = query.get("return_to").or(query.get("target_link_uri")).map_or(0, str::len);
    // In its cookie a page takes a third more.
    let mut room = MAX_OPTIONS.saturating_sub(page.min(MAX_RETURN_TO) * 4 / 3);
    LISTED.into_iter().fold(options, |options, name| {
        let Some(value) = query.get(name) else { return options };
        let bytes = name.len() + byte_serialize(value.as_bytes()).map(str::len).sum::<usize>() + 2;
        match room.checked_sub(bytes) {
            Some(left) => {
                room = left;
                options.link_parameter(name, value)
            }
            None => options,
        }
    })
}

fn failed(request: &Request<'_>, error: &Error, own: LocalPath) -> Response<'static> {
    match error {
        Error::Unavailable { .. } => {
            let refusal = Refusal::from(error);
            RequestState::of(request).guarded(Some(refusal.clone()));
            PageDraft::new(refusal.status(), Topic::LogtoUnavailable)
                .cause(request, error.to_string())
                .link(Label::TryAgain, own)
                .respond(request)
        }
        _ => PageDraft::new(Status::BadGateway, Topic::SignInNotStarted)
            .cause(request, error.to_string())
            .link(Label::TryAgain, own)
            .respond(request),
    }
}
