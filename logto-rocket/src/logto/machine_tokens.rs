//! [`MachineTokens`]: the tokens of the application itself, kept as long as they are good.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::MachineToken;
use crate::clock::Clock;
use crate::error::{Call, Error};
use crate::oidc::{Machine, Oidc, Target};
use crate::task::SharedTask;

/// How many tokens are kept at most; the longest unused goes first.
const MAX_TOKENS: u64 = 1_000;

/// How long nothing is asked after an answer that is of no use, if it does not say how long.
const PAUSE: Duration = Duration::from_secs(30);

/// How long a renewal may take while the old token is still good.
const PATIENCE: Duration = Duration::from_secs(2);

/// The tokens of the application itself, kept as long as they are good.
pub(crate) struct MachineTokens(Cache<Wanted, Arc<Slot>>);

/// What a token is asked for, and in whose name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    /// By default, the application of the configuration.
    pub machine: Option<Machine>,
    pub resource: Option<String>,
    pub organization: Option<String>,
    pub scopes: BTreeSet<String>,
}

/// One of the tokens.
#[derive(Default)]
struct Slot(Mutex<State>);

#[derive(Default)]
struct State {
    token: Option<MachineToken>,
    /// The request that is under way. There is one at a time.
    request: Option<SharedTask<Result<MachineToken, Error>>>,
    failure: Option<Failure>,
}

/// Why there is no token, and until when nobody asks again.
struct Failure {
    error: Error,
    until: Instant,
}

impl MachineTokens {
    pub(super) fn new() -> Self {
        let tokens = Cache::builder().max_capacity(MAX_TOKENS);
        Self(tokens.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// A token that will be good for a while, from memory or from Logto. All who want the same one
    /// at the same time share one request, in a task of its own, so that nobody who goes away takes
    /// the answer along.
    pub(super) async fn get(
        &self,
        oidc: &Arc<Oidc>,
        clock: &Clock,
        wanted: Wanted,
    ) -> Result<MachineToken, Error> {
        let slot = self.0.get_with(wanted.clone(), Arc::default);
        let request = {
            let mut state = slot.lock();
            let now = clock.instant();
            if let Some(answer) = state.answer(now) {
                return answer;
            }
            let request = state.request.get_or_insert_with(|| {
                let turn = Turn(Arc::clone(&slot));
                let (oidc, clock) = (Arc::clone(oidc), clock.clone());
                SharedTask::spawn(async move { turn.take(&oidc, &clock, &wanted).await })
            });
            request.clone()
        };
        request.result().await.unwrap_or_else(|| Err(aborted()))
    }
}

impl State {
    /// What can be said without asking Logto.
    fn answer(&self, now: Instant) -> Option<Result<MachineToken, Error>> {
        if let Some(token) = self.token.as_ref().filter(|token| !token.is_due(now)) {
            return Some(Ok(token.clone()));
        }
        let failure = self.failure.as_ref().filter(|failure| now < failure.until)?;
        Some(self.living(now).ok_or_else(|| failure.again(now)))
    }

    /// The token, if it has not expired.
    fn living(&self, now: Instant) -> Option<MachineToken> {
        self.token.clone().filter(|token| token.is_alive(now))
    }
}

/// The right to ask Logto for a token. However it ends, the next one may ask.
struct Turn(Arc<Slot>);

impl Turn {
    /// Asks, and keeps what comes. If none comes while the old token lives, that is the answer.
    async fn take(
        &self,
        oidc: &Oidc,
        clock: &Clock,
        wanted: &Wanted,
    ) -> Result<MachineToken, Error> {
        let asked_at = clock.instant();
        let is_renewal = self.0.lock().living(asked_at).is_some();
        let request = wanted.request(oidc, clock, asked_at);
        let answer = if is_renewal {
            tokio::time::timeout(PATIENCE, request).await.unwrap_or_else(|_| Err(too_slow()))
        } else {
            request.await
        };
        let mut state = self.0.lock();
        let now = clock.instant();
        let error = match answer {
            Ok(token) => {
                state.token = Some(token.clone());
                state.failure = None;
                return Ok(token);
            }
            Err(error) => error,
        };
        let living = state.living(now);
        // Whoever mends what Logto refused need not wait, unless there is something to wait with.
        let refused = matches!(error, Error::Refused { .. } | Error::ScopeNotGranted { .. });
        if living.is_some() || !refused {
            state.failure = Some(Failure { until: now + pause(&error), error: error.clone() });
        }
        if living.is_some() {
            log::warn!("A token of the application itself is used to its end: {error}");
        }
        living.ok_or(error)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.lock().request = None;
    }
}

impl Wanted {
    async fn request(
        &self,
        oidc: &Oidc,
        clock: &Clock,
        asked_at: Instant,
    ) -> Result<MachineToken, Error> {
        let (resource, organization) = (self.resource.as_deref(), self.organization.as_deref());
        let target = Target { resource, organization };
        let tokens = oidc.client_credentials(self.machine.as_ref(), target, &self.scopes).await?;
        let token = MachineToken::new(&tokens, asked_at, clock.clone());
        let missing = self.scopes.iter().filter(|scope| !token.has_scope(scope));
        let missing: Vec<_> = missing.cloned().collect();
        if missing.is_empty() {
            return Ok(token);
        }
        let target = resource.or(organization).unwrap_or_default().to_owned();
        Err(Error::ScopeNotGranted { scopes: missing, target })
    }
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failure {
    /// The error for somebody who comes later, with the time that is left to wait.
    fn again(&self, now: Instant) -> Error {
        let mut error = self.error.clone();
        if let Error::Unavailable { retry_after, .. } = &mut error {
            *retry_after = Some(self.until.saturating_duration_since(now));
        }
        error
    }
}

fn pause(error: &Error) -> Duration {
    match error {
        Error::Unavailable { retry_after: Some(wait), .. } => *wait,
        _ => PAUSE,
    }
}

fn too_slow() -> Error {
    unavailable(format!("no answer within {PATIENCE:?}"))
}

fn aborted() -> Error {
    unavailable("the request was aborted".into())
}

fn unavailable(why: String) -> Error {
    Error::Unavailable { call: Call::ClientCredentials, why, retry_after: None }
}
