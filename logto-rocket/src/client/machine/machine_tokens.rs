//! [`MachineTokens`]: the tokens of the application itself, cached until they expire.
//!
//! Any number of requests may call [`get`](MachineTokens::get) at once. Each combination of application,
//! resource, organization and scopes has a slot, and each slot has at most one request to Logto at a time.
//! The request runs in a task of its own, which continues if its callers are cancelled. All callers that need
//! the token wait for this request and share its result.
//!
//! A token is renewed some time before it expires. If the renewal fails, callers get the old token until it
//! expires, and Logto is asked again after the backoff. If there is no valid token, callers get the failure,
//! which may be a refusal, until the backoff is over. A pause therefore follows every outcome.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::machine_token::MachineToken;
use crate::clock::Clock;
use crate::error::{Call, Error};
use crate::oidc::{Machine, Oidc, Target};
use crate::task::{Backoff, Entry, SharedTask, SingleFlight};

/// How many tokens are cached at most; the least recently used is evicted first.
const MAX_TOKENS: u64 = 1_000;

/// How long a token is cached that nobody asks for.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long Logto is not asked after a failure or a refusal that does not say how long.
const DEFAULT_BACKOFF: Duration = Duration::from_secs(30);

/// How long a renewal may take while the old token has not expired.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(2);

/// The tokens of the application itself, cached until they expire.
pub(in crate::client) struct MachineTokens(Cache<Wanted, Arc<Slot>>);

/// What a token is asked for, and on behalf of which application.
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
    requests: SingleFlight<SharedTask<Result<MachineToken, Error>>, Error>,
}

impl MachineTokens {
    pub fn new() -> Self {
        let tokens = Cache::builder().max_capacity(MAX_TOKENS).time_to_idle(DAY);
        Self(tokens.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// A token that will be accepted for a while, from the cache or from Logto.
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
            if let Some(token) = state.token.as_ref().filter(|token| !token.is_due(now)) {
                return Ok(token.clone());
            }
            state.requests.release_if(SharedTask::is_aborted);
            let entry = state.requests.enter(now, |number| {
                let (slot, oidc, clock) = (Arc::clone(&slot), Arc::clone(oidc), clock.clone());
                SharedTask::spawn(async move { slot.request(number, &oidc, &clock, &wanted).await })
            });
            match entry {
                Entry::Started(flight) | Entry::Joined(flight) => flight.handle,
                Entry::Paused(failure) => {
                    let left = failure.until.saturating_duration_since(now);
                    return state.unexpired(now).ok_or(later(failure.error, left));
                }
            }
        };
        request.result().await.unwrap_or_else(|| Err(aborted()))
    }
}

impl State {
    /// The token, if it has not expired.
    fn unexpired(&self, now: Instant) -> Option<MachineToken> {
        self.token.clone().filter(|token| token.is_alive(now))
    }
}

impl Slot {
    /// Asks Logto for the token, as the flight with this number. If Logto gives none, the result is the old
    /// token while it has not expired.
    async fn request(
        &self,
        number: u64,
        oidc: &Oidc,
        clock: &Clock,
        wanted: &Wanted,
    ) -> Result<MachineToken, Error> {
        let asked_at = clock.instant();
        let is_renewal = self.lock().unexpired(asked_at).is_some();
        let request = wanted.request(oidc, clock, asked_at);
        let answer = if is_renewal {
            let answer = tokio::time::timeout(RENEWAL_TIMEOUT, request).await;
            answer.unwrap_or_else(|_| Err(too_slow()))
        } else {
            request.await
        };
        let mut state = self.lock();
        let now = clock.instant();
        let error = match answer {
            Ok(token) => {
                if state.requests.succeed(number) {
                    state.token = Some(token.clone());
                }
                return Ok(token);
            }
            Err(error) => error,
        };
        let unexpired = state.unexpired(now);
        state.requests.fail(number, error.clone(), backoff(&error), now);
        if unexpired.is_some() {
            log::warn!(
                "A token of the application itself could not be renewed; the old token is used \
                until it expires: {error}"
            );
        }
        unexpired.ok_or(error)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// The error for a caller that comes during the backoff, with the time that is left of it.
fn later(mut error: Error, left: Duration) -> Error {
    if let Error::Unavailable { retry_after, .. } = &mut error {
        *retry_after = Some(left);
    }
    error
}

fn backoff(error: &Error) -> Backoff {
    Backoff::constant(match error {
        Error::Unavailable { retry_after: Some(wait), .. } => *wait,
        _ => DEFAULT_BACKOFF,
    })
}

fn too_slow() -> Error {
    unavailable(format!("no answer within {RENEWAL_TIMEOUT:?}"))
}

fn aborted() -> Error {
    unavailable("the request was aborted".into())
}

fn unavailable(why: String) -> Error {
    Error::Unavailable { call: Call::ClientCredentials, why, status: None, retry_after: None }
}
