//! [`UsedCodes`]: the sign-ins whose code was exchanged.
//!
//! The state machine in [`ledger`] decides what happens to a callback. This file runs it: the exchange runs
//! in a task of its own, and callbacks wait for its result.

mod ledger;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use self::ledger::Ledger;
use crate::error::SignInError;
use crate::session::cookie::StateHash;
use crate::session::session::Session;
use crate::sync::{Arc, Mutex, PoisonError};
use crate::task::SharedTask;

/// The result of a sign-in.
pub(crate) type SignInResult = Result<Arc<Session>, SignInError>;

/// What happened to the code of a sign-in.
#[derive(Clone)]
pub(crate) enum Exchanged {
    /// It was exchanged here, for a session that is to begin.
    Here(Arc<Session>),
    /// Another process has exchanged it, and this session has begun.
    Elsewhere(Arc<Session>),
    /// Another process has it, and its result is not known.
    Taken,
}

/// The sign-ins whose code was exchanged, by the hash of their state.
///
/// A browser may send a callback twice at once, for example when it restores tabs or retries. The code must
/// not be exchanged twice, because Logto would then revoke the tokens of the first exchange. A second
/// callback within a minute therefore waits for the result of the first. A later one only learns that the
/// code was used. If sessions are in a store, other processes learn of the exchange too; see
/// `session/store/codes.rs`.
pub(crate) struct UsedCodes(Mutex<Ledger<Arc<CodeExchange>>>);

/// One exchange of a code, and its result.
#[derive(Default)]
pub(crate) struct CodeExchange {
    task: Mutex<Option<SharedTask<Result<Exchanged, SignInError>>>>,
    outcome: OnceCell<SignInResult>,
}

impl UsedCodes {
    /// Creates a register for sign-ins that take no longer than this.
    pub(super) fn new(flow_lifetime: Duration) -> Self {
        Self(Mutex::new(Ledger::new(flow_lifetime)))
    }

    /// The exchange of the sign-in with this key, begun now or less than a minute ago; `None` if the
    /// code was used before that.
    pub fn exchange(&self, key: StateHash, now: Instant) -> Option<Arc<CodeExchange>> {
        let mut ledger = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ledger.exchange(key, now, Arc::default)
    }

    /// Forgets that the code was used, because it was never sent.
    pub fn never_sent(&self, key: &StateHash) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).forget(key);
    }

    /// Whether the code of the sign-in with this key was used.
    pub fn knows(&self, key: &StateHash) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).knows(key)
    }
}

impl CodeExchange {
    /// The result of the exchange. It runs once, in a task of its own, and continues if its callers are
    /// cancelled. `None` if it panicked.
    pub async fn result<F>(&self, run: impl FnOnce() -> F) -> Option<Result<Exchanged, SignInError>>
    where
        F: Future<Output = Result<Exchanged, SignInError>> + Send + 'static,
    {
        let task = {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            task.get_or_insert_with(|| SharedTask::spawn(run())).clone()
        };
        task.result().await
    }

    /// The result of the sign-in, set by the first caller that completes it.
    pub async fn outcome<F>(&self, decide: impl FnOnce() -> F) -> SignInResult
    where
        F: Future<Output = SignInResult>,
    {
        self.outcome.get_or_init(decide).await.clone()
    }
}
