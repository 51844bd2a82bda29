//! [`Flow`]: the data in the browser between the start of a sign-in and its callback.

use rocket::Request;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::asked::AskedInFlow;
use super::{CookieWrite, Cookies, SealedAs};
use crate::local_path::LocalPath;
use crate::oidc::{State, Verifier};
use crate::session::lifetimes::{FLOW_KEPT, FLOW_LIFETIME};

/// The longest page to return to, in bytes.
pub(crate) const MAX_RETURN_TO: usize = 1024;

/// The hash of a sign-in's state, by which the process remembers the sign-in.
pub(crate) type StateHash = [u8; 32];

/// A sign-in in progress, or one that has ended and whose session no request has carried yet.
#[derive(Clone)]
pub(crate) struct Flow {
    pub secret: FlowSecret,
    pub return_to: Option<LocalPath>,
    pub started_at: u64,
    pub asked: AskedInFlow,
    pub max_age: Option<u64>,
    /// The user who had to sign in again.
    pub sub: Option<String>,
    /// Whether the browser keeps the session after it is closed, if the sign-in chose.
    pub persistent: Option<bool>,
    /// The number of this sign-in in a row of sign-ins after which no request carried a session. A failed sign-in
    /// does not count.
    pub attempt: u32,
    /// The number of its cookie among the cookies of sign-ins.
    pub(super) slot: usize,
}

/// The secret that identifies a sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum FlowSecret {
    /// During the sign-in: `state` and `nonce` are hashes of the verifier.
    #[serde(rename = "v")]
    Verifier(Verifier),
    /// After the sign-in has ended.
    #[serde(rename = "s")]
    State(State),
}

/// The encrypted values of a sign-in, in few bytes. The page to return to follows them as plain text, because JSON
/// would escape some of its characters.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    secret: FlowSecret,
    #[serde(rename = "t")]
    started_at: u64,
    #[serde(rename = "q")]
    asked: AskedInFlow,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    persistent: Option<bool>,
    #[serde(rename = "c")]
    attempt: u32,
}

impl Cookies {
    /// The sign-in that was started with this `state` by the browser that sends the request. It may
    /// have taken [too long](Self::is_late).
    pub fn flow(&self, request: &Request<'_>, state: &str) -> Option<Flow> {
        self.flows(request).take(state)
    }

    /// Whether a sign-in has taken longer than it may.
    pub fn is_late(&self, flow: &Flow) -> bool {
        let age = self.clock.now().saturating_sub(flow.started_at);
        age >= FLOW_LIFETIME.as_secs()
    }

    /// The cookie of a sign-in.
    pub fn flow_write(&self, flow: &Flow) -> Option<CookieWrite> {
        let name = self.names.flow(flow.slot);
        let sealed = self.vault.seal(SealedAs::Flow, &name, &flow.to_text()?)?;
        Some(CookieWrite::lax(name, Some(sealed), FLOW_KEPT))
    }

    /// Opens a sign-in, unless it was started in the future. A sign-in that has ended counts in any case,
    /// also if the clock of the process that started it is ahead.
    pub(super) fn read_flow(&self, slot: usize, sealed: &str) -> Option<Flow> {
        let opened = self.vault.open(SealedAs::Flow, &self.names.flow(slot), sealed)?;
        let flow = Flow::from_text(&opened.text, slot)?;
        let latest = self.clock.now().saturating_add(self.lifetimes.clock_skew.as_secs());
        (flow.is_finished() || flow.started_at <= latest).then_some(flow)
    }
}

impl Flow {
    /// A sign-in that begins.
    pub fn new(verifier: Verifier, asked: AskedInFlow, started_at: u64) -> Self {
        Self {
            secret: FlowSecret::Verifier(verifier),
            return_to: None,
            started_at,
            asked,
            max_age: None,
            sub: None,
            persistent: None,
            attempt: 1,
            slot: 0,
        }
    }

    /// The `state` of its authorization request.
    pub fn state(&self) -> State {
        match &self.secret {
            FlowSecret::Verifier(verifier) => verifier.state(),
            FlowSecret::State(state) => state.clone(),
        }
    }

    /// The values that stay after the sign-in has led to a session.
    pub fn succeeded(&self) -> Self {
        Self {
            secret: FlowSecret::State(self.state()),
            return_to: None,
            asked: AskedInFlow::unknown(),
            max_age: None,
            sub: None,
            ..self.clone()
        }
    }

    /// The values that stay after the sign-in has failed. A page was shown, so the sign-in is not part of a loop.
    pub fn failed(&self) -> Self {
        Self { attempt: self.attempt.saturating_sub(1), ..self.succeeded() }
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        matches!(self.secret, FlowSecret::State(_))
    }

    /// The key by which the process remembers this sign-in.
    pub fn key(&self) -> StateHash {
        Sha256::digest(self.state().reveal()).into()
    }

    fn to_text(&self) -> Option<String> {
        let line = Line {
            secret: self.secret.clone(),
            started_at: self.started_at,
            asked: self.asked.clone(),
            max_age: self.max_age,
            sub: self.sub.clone(),
            persistent: self.persistent,
            attempt: self.attempt,
        };
        let mut text = serde_json::to_string(&line).ok()?;
        if let Some(path) = &self.return_to {
            text.push('\n');
            text.push_str(path.as_str());
        }
        Some(text)
    }

    fn from_text(text: &str, slot: usize) -> Option<Self> {
        let (line, path) = text.split_once('\n').map_or((text, None), |(a, b)| (a, Some(b)));
        let Line { secret, started_at, asked, max_age, sub, persistent, attempt } =
            serde_json::from_str(line).ok()?;
        let return_to = path.map(str::parse).transpose().ok()?;
        Some(Self { secret, return_to, started_at, asked, max_age, sub, persistent, attempt, slot })
    }
}
