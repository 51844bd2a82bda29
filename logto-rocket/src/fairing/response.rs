//! The one place that writes the cookies and protocol headers of this crate.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::http::Header;
use rocket::{Request, Response};

use crate::client::Client;
use crate::request::{RequestState, SessionWrite, Writes};
use crate::session::{CookieWrite, Flows, Sessions};

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
        forbid_caching(response, public_caching);
    }
    if state.found().is_some() || writes.has_cookies() {
        write_cookies(request, response, state, writes, public_caching);
    }
}

/// Warns once of a response behind a guard that was meant for public caches.
#[derive(Default)]
pub(super) struct PublicCaching {
    warned: AtomicBool,
}

impl PublicCaching {
    fn warn(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            log::warn!(
                "A handler behind a guard sent `Cache-Control: public`, which would show one \
                 user's page to another; `no-store` was sent instead. Say `private` to let the \
                 user's own browser keep it."
            );
        }
    }
}

/// Writes the headers that the protocol demands of a refusal, if the response still has its status.
fn write_refusal(request: &Request<'_>, response: &mut Response<'_>, writes: &Writes) {
    let refusal = writes.refusal.as_ref();
    let Some(refusal) = refusal.filter(|refusal| refusal.status() == response.status()) else {
        return;
    };
    for header in refusal.headers(request) {
        response.set_header(header);
    }
}

/// Keeps a response that is meant for one user out of caches.
fn forbid_caching(response: &mut Response<'_>, public_caching: &PublicCaching) {
    let mut policy = None;
    let mut vary = None;
    for header in response.headers().iter() {
        let name = header.name().as_str();
        if policy.is_none() && name.eq_ignore_ascii_case("Cache-Control") {
            policy = Some(Policy::read(header.value()));
        } else if name.eq_ignore_ascii_case("Vary") {
            let enough = names(header.value(), "Cookie") || names(header.value(), "*");
            vary = Some(enough || vary == Some(true));
        }
    }
    let policy = policy.unwrap_or_default();
    if policy.is_shared {
        public_caching.warn();
    }
    if !policy.is_private || policy.is_public {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
    match vary {
        Some(true) => {}
        Some(false) => response.adjoin_header(Header::new("Vary", "Cookie")),
        None => drop(response.set_header(Header::new("Vary", "Cookie"))),
    }
}

/// What a handler said about caches.
#[derive(Default)]
struct Policy {
    is_private: bool,
    is_public: bool,
    /// Whether caches that several users share may keep it.
    is_shared: bool,
}

impl Policy {
    fn read(value: &str) -> Self {
        let is_public = names(value, "public");
        let lower = value.to_ascii_lowercase();
        let timed = lower.split(',').any(|directive| directive.trim().starts_with("s-maxage"));
        let is_private = names(value, "private") || names(value, "no-store");
        Self { is_private, is_public, is_shared: is_public || timed }
    }
}

/// Whether a list of names, separated by commas, has this one.
fn names(list: &str, name: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(name))
}

fn write_cookies(
    request: &Request<'_>,
    response: &mut Response<'_>,
    state: &RequestState,
    writes: Writes,
    public_caching: &PublicCaching,
) {
    let Some(client) = Client::of(request.rocket()) else { return };
    let sessions: &Sessions = client.sessions();
    let mut cookies = writes.cookies;
    match (writes.session, state.found()) {
        (SessionWrite::Delete, _) => cookies.extend(sessions.deletions()),
        (SessionWrite::Begin(session), _) if sessions.is_alive(&session) => {
            cookies.extend(sessions.writes(&session, request).unwrap_or_default());
        }
        (SessionWrite::Keep, Some(loaded)) => {
            if let Some(session) = sessions.due(loaded) {
                match sessions.writes(&session, request) {
                    Ok(writes) => cookies.extend(writes),
                    Err(error) => log::warn!("A session could not be written: {error}"),
                }
            }
            let flows = Flows::of(request, sessions);
            let finished = flows.finished_names().map(|name| CookieWrite::forget_flow(name.into()));
            cookies.extend(finished);
        }
        _ => {}
    }
    if !cookies.is_empty() {
        forbid_caching(response, public_caching);
    }
    for cookie in cookies {
        let cookie = cookie.into_cookie(sessions.secure).to_string();
        response.adjoin_header(Header::new("Set-Cookie", cookie));
    }
}
