//! [`Flow`]: the data in the browser between the start of a sign-in and its callback.

use rocket::Request;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::names::hash;
use super::{CookieWrite, Cookies, SealedAs};
use crate::local_path::LocalPath;
use crate::oidc::{Nonce, State, Verifier};
use crate::session::lifetimes::{FLOW_KEPT, FLOW_LIFETIME};
use crate::session::session::Asked;

/// The longest page to return to, in bytes.
pub(crate) const MAX_RETURN_TO: usize = 1024;

/// How many digits tell apart what sign-ins of an application ask for.
const ASKED_DIGITS: usize = 8;

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
    #[serde(rename = "q")]
    pub asked: AskedInFlow,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The user that a fresh sign-in was asked of.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Whether the browser keeps the session when it is closed, if the sign-in said so.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub persistent: Option<bool>,
    /// How many sign-ins in a row this one is, none of which led to a session that a request carried.
    #[serde(rename = "c")]
    pub attempt: u32,
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    pub finished: bool,
}

/// What a sign-in asked of Logto, in few bytes: what every sign-in of the application asks for is a
/// short hash.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum AskedInFlow {
    Usual(String),
    Own(Asked),
}

impl Cookies {
    /// The sign-in that was started with this `state` by the browser that sends the request. It may
    /// have taken [too long](Self::is_late).
    pub fn flow(&self, request: &Request<'_>, state: &str) -> Option<Flow> {
        let name = self.names.flow(state);
        let cookie = request.cookies().get(&name)?;
        self.read_flow(&name, cookie.value()).filter(|flow| flow.state.reveal() == state)
    }

    /// Whether a sign-in has taken longer than it may.
    pub fn is_late(&self, flow: &Flow) -> bool {
        let age = self.clock.now().saturating_sub(flow.started_at);
        age >= FLOW_LIFETIME.as_secs()
    }

    /// The cookie of a sign-in.
    pub fn flow_write(&self, flow: &Flow) -> Option<CookieWrite> {
        let name = self.names.flow(flow.state.reveal());
        let sealed = self.vault.seal(SealedAs::Flow, &name, &serde_json::to_string(flow).ok()?)?;
        Some(CookieWrite::lax(name, Some(sealed), FLOW_KEPT))
    }

    /// Opens a sign-in that was not started in the future.
    pub(super) fn read_flow(&self, name: &str, sealed: &str) -> Option<Flow> {
        let opened = self.vault.open(SealedAs::Flow, name, sealed)?;
        let flow: Flow = serde_json::from_str(&opened.text).ok()?;
        let latest = self.clock.now().saturating_add(self.lifetimes.clock_skew.as_secs());
        (flow.started_at <= latest).then_some(flow)
    }
}

impl Flow {
    /// What is left of the sign-in when it has ended, however it did.
    pub fn finished(&self) -> Self {
        Self {
            nonce: Nonce::from(""),
            verifier: Verifier::from(""),
            return_to: None,
            asked: AskedInFlow::Own(Asked::default()),
            finished: true,
            ..self.clone()
        }
    }

    /// What the process remembers this sign-in by.
    pub fn key(&self) -> StateHash {
        Sha256::digest(self.state.reveal()).into()
    }
}

impl AskedInFlow {
    /// What a sign-in asks for, in an application whose sign-ins usually ask for the other.
    pub fn new(asked: Asked, usual: &Asked) -> Self {
        if asked == *usual && asked != Asked::default() {
            return Self::Usual(fingerprint(usual));
        }
        Self::Own(asked)
    }

    /// What the sign-in asked for. If the application asks for something else by now, it is not known
    /// any more, and as little as can be is assumed.
    pub fn resolve(self, usual: Asked) -> Asked {
        match self {
            Self::Own(asked) => asked,
            Self::Usual(hash) if hash == fingerprint(&usual) => usual,
            Self::Usual(_) => Asked::least(),
        }
    }
}

fn fingerprint(asked: &Asked) -> String {
    let text = format!("{}\n{}", asked.scopes(), asked.resources.join(" "));
    hash(&text)[..ASKED_DIGITS].to_owned()
}
