//! The one place that writes the cookies and protocol headers of this crate.

use rocket::http::Header;
use rocket::{Request, Response};

use super::caching::{PublicCaching, forbid_caching};
use crate::client::Client;
use crate::config::SiteData;
use crate::request::{RequestState, SessionWrite, Writes, host_of};
use crate::session::Sessions;

/// Writes what the guards and routes of this request have noted.
pub(super) fn write(
    request: &Request<'_>,
    response: &mut Response<'_>,
    public_caching: &PublicCaching,
) {
    let state = RequestState::of(request);
    if state.is_blank() {
        return;
    }
    let writes = std::mem::take(&mut *state.writes());
    write_refusal(request, response, &writes);
    if state.is_guarded() {
        forbid_caching(response, vary(state), public_caching);
    }
    if state.found().is_some() || writes.has_cookies() {
        write_cookies(request, response, state, writes, public_caching);
    }
}

/// Writes the headers that the protocol demands of a refusal, if the response still has its status.
fn write_refusal(request: &Request<'_>, response: &mut Response<'_>, writes: &Writes) {
    let refusal = writes.refusal.as_ref();
    let Some(refusal) = refusal.filter(|refusal| refusal.status() == response.status()) else {
        return;
    };
    let headers = refusal.headers(request);
    for header in &headers {
        response.remove_header(header.name().as_str());
    }
    for header in headers {
        response.adjoin_header(header);
    }
}

/// The headers of the request that the response depends on.
fn vary(state: &RequestState) -> &'static [&'static str] {
    match (state.depends_on_cookies(), state.depends_on_token()) {
        (false, true) => &["Authorization"],
        (true, true) => &["Cookie", "Authorization"],
        (_, false) => &["Cookie"],
    }
}

/// Writes the cookies that this request has noted, and what is due of its session.
fn write_cookies(
    request: &Request<'_>,
    response: &mut Response<'_>,
    state: &RequestState,
    writes: Writes,
    public_caching: &PublicCaching,
) {
    let Some(client) = Client::of(request.rocket()) else { return };
    let sessions: &Sessions = client.sessions();
    let own = sessions.cookies(host_of(request, client));
    let mut cookies = writes.cookies;
    let is_kept = is_kept_by_the_browser(&writes.session, state, sessions);
    match (writes.session, state.found()) {
        (SessionWrite::Delete, _) => {
            cookies.extend(own.deletions());
            clear_site_data(response, &client.settings().clear_site_data);
        }
        (SessionWrite::Begin(session), _) if sessions.is_alive(&session) => {
            cookies.extend(own.writes(&session, request).unwrap_or_default());
        }
        (SessionWrite::Keep, Some(loaded)) => {
            if let Some(session) = sessions.to_write(loaded, state.activity()) {
                match own.writes(&session, request) {
                    Ok(writes) => cookies.extend(writes),
                    Err(error) => log::warn!("A session could not be written: {error}"),
                }
            }
        }
        _ => {}
    }
    if is_kept {
        cookies.extend(own.forget_finished(&own.flows(request), &cookies));
    }
    if !cookies.is_empty() {
        forbid_caching(response, &["Cookie"], public_caching);
    }
    for cookie in cookies {
        let cookie = own.build(cookie).to_string();
        response.adjoin_header(Header::new("Set-Cookie", cookie));
    }
}

/// Whether the request shows that its browser keeps sessions, so that earlier sign-ins no longer count as a
/// loop. A request that was refused because its session has just ended does not show this, because every
/// sign-in of a loop may end in this way.
fn is_kept_by_the_browser(write: &SessionWrite, state: &RequestState, sessions: &Sessions) -> bool {
    state.found().is_some_and(|loaded| match write {
        SessionWrite::Keep => sessions.is_alive(&loaded.session),
        SessionWrite::Begin(_) | SessionWrite::Delete => true,
    })
}

/// Makes the browser delete these data of the site ([Clear Site Data, section
/// 3.1](https://www.w3.org/TR/clear-site-data/#header)).
fn clear_site_data(response: &mut Response<'_>, data: &[SiteData]) {
    if !data.is_empty() {
        let quoted: Vec<_> = data.iter().map(|data| format!("\"{}\"", data.as_str())).collect();
        response.set_raw_header("Clear-Site-Data", quoted.join(", "));
    }
}
