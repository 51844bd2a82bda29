//! [`Flow`]: the data in the browser between the start of a sign-in and its callback.

use rocket::Request;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CookieWrite, Cookies};
use crate::local_path::LocalPath;
use crate::oidc::{Nonce, State, Verifier};
use crate::session::lifetimes::{FLOW_KEPT, FLOW_LIFETIME};
use crate::session::session::Asked;

/// The maximum number of sign-ins in progress in one browser.
const MAX_FLOWS: usize = 5;

/// The most bytes that one of them may take when sealed.
const MAX_BYTES: usize = 1024;

/// The hash of a sign-in's state, which the process remembers it by.
pub(crate) type StateHash = [u8; 32];

/// A sign-in under way, or one that has ended, until a request carries the session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Flow {
    #[serde(rename = "s")]
    pub state: State,
    #[serde(rename = "n")]
    pub nonce: Nonce,
    #[serde(rename = "v")]
    pub verifier: Verifier,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<LocalPath>,
    #[serde(rename = "t")]
    pub started_at: u64,
    #[serde(flatten)]
    pub asked: Asked,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The user that a fresh sign-in was asked of.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// How many sign-ins in a row this one is, none of which led to a session that a request carried.
    #[serde(rename = "c")]
    pub attempt: u32,
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    pub finished: bool,
}

/// The sign-ins of one browser: each with the name of its cookie.
pub(crate) struct Flows(Vec<(String, Option<Flow>)>);

impl Cookies {
    /// The sign-ins whose cookies the request carries, also those that cannot be read.
    pub fn flows(&self, request: &Request<'_>) -> Flows {
        Flows::of(request, self)
    }

    /// The sign-in that was started with this `state` by the browser that sends the request.
    pub fn flow(&self, request: &Request<'_>, state: &str) -> Option<Flow> {
        let name = self.names.flow(state);
        let cookie = request.cookies().get(&name)?;
        read(self, &name, cookie.value()).filter(|flow| flow.state.reveal() == state)
    }

    /// The page that the sign-in with this `state` was to return to, also if it took too long, or,
    /// without a `state`, that of the only one in progress. Nothing is proven by it: it is for a link.
    pub fn page_of_flow(&self, request: &Request<'_>, state: Option<&str>) -> Option<LocalPath> {
        let prefix = self.names.flows();
        let flows = request.cookies().iter().filter(|cookie| cookie.name().starts_with(prefix));
        let flows = flows.filter_map(|cookie| open(self, cookie.name(), cookie.value()));
        let mut flows = flows.filter(|flow| match state {
            Some(state) => flow.state.reveal() == state,
            None => !flow.finished && !flow.is_over(self),
        });
        match (flows.next(), flows.next()) {
            (Some(flow), None) => flow.return_to,
            _ => None,
        }
    }

    /// The cookie of a sign-in.
    pub fn flow_write(&self, flow: &Flow) -> Option<CookieWrite> {
        let (name, sealed) = flow.seal(self)?;
        Some(CookieWrite { max_age: FLOW_KEPT, ..CookieWrite::lax(name, Some(sealed)) })
    }
}

impl Flows {
    fn of(request: &Request<'_>, cookies: &Cookies) -> Self {
        let prefix = cookies.names.flows();
        let flows = request.cookies().iter().filter(|cookie| cookie.name().starts_with(prefix));
        Self(
            flows
                .map(|cookie| {
                    (cookie.name().to_owned(), read(cookies, cookie.name(), cookie.value()))
                })
                .collect(),
        )
    }

    /// The number of the attempt that a sign-in started now is.
    pub fn next_attempt(&self) -> u32 {
        self.finished().map(|(_, flow)| flow.attempt).max().unwrap_or(0).saturating_add(1)
    }

    /// Whether one of the sign-ins that have ended was to be a fresh one.
    pub fn has_fresh(&self) -> bool {
        self.finished().any(|(_, flow)| flow.max_age.is_some())
    }

    /// The names of the cookies of sign-ins that have ended.
    pub fn finished_names(&self) -> impl Iterator<Item = &str> {
        self.finished().map(|(name, _)| name)
    }

    /// The cookies to delete so that one more sign-in fits: unreadable ones first, then the oldest.
    pub fn in_the_way(&self) -> Vec<String> {
        let mut flows: Vec<_> = self.0.iter().collect();
        flows.sort_by_key(|(_, flow)| flow.as_ref().map(|flow| flow.started_at));
        let readable = flows.iter().filter(|(_, flow)| flow.is_some()).count();
        let unreadable = flows.len() - readable;
        let excess = (readable + 1).saturating_sub(MAX_FLOWS);
        flows.iter().take(unreadable + excess).map(|(name, _)| name.clone()).collect()
    }

    fn finished(&self) -> impl Iterator<Item = (&str, &Flow)> {
        let readable =
            self.0.iter().filter_map(|(name, flow)| Some((name.as_str(), flow.as_ref()?)));
        readable.filter(|(_, flow)| flow.finished)
    }
}

impl Flow {
    /// What is left of the sign-in when it has ended, however it did.
    pub fn finished(&self) -> Self {
        Self {
            nonce: Nonce::from(""),
            verifier: Verifier::from(""),
            return_to: None,
            asked: Asked::default(),
            finished: true,
            ..self.clone()
        }
    }

    /// The name and sealed text of its cookie. A `return_to` that is too long is omitted; the
    /// browser then goes to `after_sign_in`.
    fn seal(&self, cookies: &Cookies) -> Option<(String, String)> {
        let name = cookies.names.flow(self.state.reveal());
        let seal = |flow: &Self| cookies.vault.seal(&name, &serde_json::to_string(flow).ok()?);
        let sealed = seal(self)?;
        if sealed.len() <= MAX_BYTES || self.return_to.is_none() {
            return Some((name, sealed));
        }
        let sealed = seal(&Self { return_to: None, ..self.clone() })?;
        Some((name, sealed))
    }

    /// Whether it was started longer ago than a sign-in may take, or not yet.
    fn is_over(&self, cookies: &Cookies) -> bool {
        let now = cookies.clock.now();
        let started = self.started_at <= now.saturating_add(cookies.lifetimes.clock_skew.as_secs());
        !started || now.saturating_sub(self.started_at) >= FLOW_LIFETIME.as_secs()
    }

    /// What the process remembers this sign-in by.
    pub fn key(&self) -> StateHash {
        Sha256::digest(self.state.reveal()).into()
    }
}

/// Opens a sign-in that was started less than [`FLOW_LIFETIME`] ago.
fn read(cookies: &Cookies, name: &str, sealed: &str) -> Option<Flow> {
    open(cookies, name, sealed).filter(|flow| !flow.is_over(cookies))
}

/// Opens a sign-in, whenever it was started.
fn open(cookies: &Cookies, name: &str, sealed: &str) -> Option<Flow> {
    serde_json::from_str(&cookies.vault.open(name, sealed)?.text).ok()
}
