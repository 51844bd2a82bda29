//! [`Entry`]: one session in the registry.

use std::collections::HashMap;
use std::task::Waker;
use std::time::{Duration, Instant};

use super::ages::{Ages, Rank};
use crate::oidc::RefreshToken;
use crate::session::cached_token::{CachedToken, CachedTokens, TokenTarget, merged};
use crate::session::memory::queue::{Freshness, Purpose, Queue, Settled, Standing, Ticket};
use crate::session::session::Session;
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One session in the registry.
pub(in crate::session) struct Entry(Mutex<EntryState>);

pub(in crate::session::memory) struct EntryState {
    pub(super) session: Arc<Session>,
    /// The version of the whole registry.
    version: Arc<AtomicU64>,
    /// The newest generation that a browser has sent.
    sent: u64,
    pub(super) tokens: HashMap<TokenTarget, CachedToken>,
    pub(in crate::session::memory) queue: Queue,
    /// The tasks that wait for their turn.
    pub(in crate::session::memory) wakers: HashMap<Ticket, Waker>,
    /// The number of changes to the session in this process, and the last change that the store
    /// has.
    changes: u64,
    saved: u64,
    shared: bool,
    /// Whether a token request here brought another refresh token, which no browser has sent and the
    /// store does not have.
    rotated: bool,
    /// Whether a token request here has replaced a refresh token that an older cookie of the browser holds.
    /// If that older token were sent again, Logto would end the session.
    replaced: bool,
    /// The number of [marks](crate::session::memory::Marks) when the request began that brought the claims.
    /// Access tokens from before this request no longer decide.
    pub(super) marks_seen: u64,
    /// Until when the store, which was late, is not asked, and why.
    store_failure: Option<(Instant, String)>,
    begun: Instant,
    used: Instant,
}

impl Entry {
    pub(super) fn new(
        session: &Arc<Session>,
        version: Arc<AtomicU64>,
        shared: bool,
        now: Instant,
    ) -> Self {
        Self(Mutex::new(EntryState {
            session: Arc::clone(session),
            version,
            sent: session.generation,
            tokens: session.tokens.iter().cloned().collect(),
            queue: Queue::default(),
            wakers: HashMap::new(),
            changes: 0,
            saved: 0,
            shared,
            rotated: false,
            replaced: false,
            marks_seen: 0,
            store_failure: None,
            begun: now,
            used: now,
        }))
    }

    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.lock().session)
    }

    /// Why no token request is made for this purpose; `None` if one is to be made. Only the holder of
    /// the turn asks.
    pub fn settled(
        &self,
        purpose: &Purpose,
        is_over: bool,
        now: Instant,
        seconds: u64,
    ) -> Option<Settled> {
        let state = self.lock();
        let is_there = match purpose {
            Purpose::AccessToken(target, wanted) => state.token(target, *wanted, seconds).is_some(),
            Purpose::Claims(Freshness::ConfirmedWithin(limit)) => {
                state.session.is_confirmed_within(*limit, seconds)
            }
            Purpose::Claims(Freshness::Since(marks)) => state.marks_seen >= *marks,
            Purpose::Claims(Freshness::After(_)) => false,
        };
        let is_own_organization = match purpose {
            Purpose::AccessToken(TokenTarget { organization: Some(id), .. }, _) => {
                let own = state.session.claims.organizations.as_deref();
                own.is_some_and(|own| own.contains(id))
            }
            _ => false,
        };
        let standing = Standing { is_over, is_there, is_own_organization };
        state.queue.settled(purpose, standing, now)
    }

    /// Records the start of a token request and returns its number.
    pub fn begin(&self) -> u64 {
        self.lock().queue.begin()
    }

    /// The number of the token request that began last.
    pub fn begun(&self) -> u64 {
        self.lock().queue.begun()
    }

    /// Notes that the claims came with the token request of this number.
    pub fn claims_came(&self, number: u64) {
        self.lock().queue.claims_came(number);
    }

    /// Remembers for a while what Logto refused an access token with.
    pub fn refuse(&self, target: TokenTarget, code: String, now: Instant, time: Duration) {
        self.lock().queue.refuse(target, code, now, time);
    }

    /// Makes no request to Logto for this session until `wait` has passed.
    pub fn pause(&self, now: Instant, wait: Duration, why: String) {
        self.lock().queue.pause(now, wait, why);
    }

    /// Notes that the store was late, so that it is left alone until then.
    pub fn store_failed(&self, until: Instant, why: String) {
        self.lock().store_failure = Some((until, why));
    }

    /// Why the store is left alone now, if it is.
    pub fn store_failure(&self, now: Instant) -> Option<String> {
        let state = self.lock();
        let (until, why) = state.store_failure.as_ref()?;
        (now < *until).then(|| why.clone())
    }

    /// Applies the result of a token request, with the next generation.
    pub fn advance(&self, change: impl FnOnce(&mut Session)) {
        let mut state = self.lock();
        let mut next = Session::clone(&state.session);
        next.generation += 1;
        change(&mut next);
        if next.confirmed_at > state.session.confirmed_at {
            state.queue.forget_refusals();
        }
        let another = has_another_token(&next, &state.session);
        state.rotated |= another;
        // With a store, cookies hold no refresh token.
        state.replaced |= another && !state.shared;
        state.replace(Arc::new(next));
        state.changes += u64::from(state.shared);
    }

    /// Takes the session as another process has written it to the store, if that is newer.
    pub fn adopt(&self, session: Arc<Session>) {
        let mut state = self.lock();
        if state.is_older_than(&session) {
            state.adopt(session);
        }
    }

    /// The session to save, and the number of its changes so far.
    pub fn to_save(&self) -> (Arc<Session>, u64) {
        let state = self.lock();
        (Arc::clone(&state.session), state.changes)
    }

    /// Records that the store has this state of the session, with all changes up to the given one.
    /// `ours` are the access tokens that were known when the write started.
    pub fn saved(&self, session: Session, ours: &CachedTokens, change: u64) {
        let mut state = self.lock();
        let known = std::mem::take(&mut state.tokens).into_iter().collect();
        state.tokens = merged(ours, &known, session.tokens.clone()).into_iter().collect();
        let last_seen = session.last_seen.max(state.session.last_seen);
        state.replace(Arc::new(Session { last_seen, ..session }));
        state.saved = change;
        state.rotated &= state.is_unsaved();
    }

    /// Whether the session has changes that the store does not have.
    pub fn is_unsaved(&self) -> bool {
        self.lock().is_unsaved()
    }

    /// The order in which entries are removed.
    pub(super) fn rank(&self) -> Rank {
        let state = self.lock();
        (state.rotated, state.used)
    }

    /// Whether it has been remembered for long enough.
    pub(super) fn is_over(&self, ages: &Ages, now: Instant) -> bool {
        let state = self.lock();
        let until = if state.rotated || state.replaced {
            state.begun + ages.irreplaceable
        } else if state.is_unseen() {
            state.used + ages.unseen
        } else {
            state.used + ages.seen
        };
        now >= until
    }

    pub(super) fn reconcile(&self, session: &Arc<Session>, now: Instant) -> Arc<Session> {
        let mut state = self.lock();
        state.used = now;
        state.sent = state.sent.max(session.generation);
        state.rotated &= state.is_unseen();
        if state.is_older_than(session) {
            state.adopt(Arc::clone(session));
        } else if !state.is_unsaved() && state.session.is_same_as(session) {
            // One copy is enough, and it is recognized at once next time.
            state.session = Arc::clone(session);
        } else if session.last_seen > state.session.last_seen {
            let last_seen = session.last_seen;
            state.session = Arc::new(Session { last_seen, ..Session::clone(&state.session) });
        }
        Arc::clone(&state.session)
    }

    pub(in crate::session::memory) fn lock(&self) -> MutexGuard<'_, EntryState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EntryState {
    /// Whether another process has written something newer; see the [module](super) for what that is.
    fn is_older_than(&self, session: &Session) -> bool {
        session.generation > self.session.generation
            && (!self.is_unsaved() || session.confirmed_at > self.session.confirmed_at)
    }

    fn is_unsaved(&self) -> bool {
        self.saved < self.changes
    }

    fn adopt(&mut self, session: Arc<Session>) {
        let (claims, others) = (&self.session.claims, &session.claims);
        if session.confirmed_at != self.session.confirmed_at || claims.as_json() != others.as_json()
        {
            // Another process has confirmed them, which may have asked before.
            self.marks_seen = 0;
        }
        if self.shared {
            self.tokens = session.tokens.iter().cloned().collect();
            self.saved = self.changes;
        }
        self.rotated = false;
        self.replace(session);
    }

    fn replace(&mut self, session: Arc<Session>) {
        self.session = session;
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Whether this process alone knows the newest tokens: no browser has sent their generation.
    fn is_unseen(&self) -> bool {
        self.is_unsaved() || self.sent < self.session.generation
    }
}

fn has_another_token(one: &Session, other: &Session) -> bool {
    let [one, other] = [one, other].map(|it| it.refresh_token.as_ref().map(RefreshToken::reveal));
    one != other
}

#[cfg(test)]
mod tests;
