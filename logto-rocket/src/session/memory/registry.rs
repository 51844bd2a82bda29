//! [`Live`]: the sessions that this process knows more of than their browsers.

#[cfg(test)]
mod tests;
mod tokens;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::session::Session;
use crate::session::cached_token::{Audience, Token, Tokens, merged};
use crate::session_id::SessionId;

/// How many sessions are remembered at most.
const MAX_LIVE: usize = 10_000;

/// The sessions that have a newer generation, or access tokens, in this process.
pub(crate) struct Live {
    records: RwLock<HashMap<SessionId, Arc<Record>>>,
    version: Arc<AtomicU64>,
    /// Whether sessions are in a store, and with them the access tokens of all processes.
    shared: bool,
}

/// One live session.
pub(crate) struct Record {
    /// Held during a token request: there is one at a time for each session.
    pub turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    session: Arc<Session>,
    /// That of all live sessions.
    version: Arc<AtomicU64>,
    /// The newest generation that the browser has shown.
    presented: u64,
    tokens: HashMap<Audience, Token>,
    /// What Logto refused with lately, so that it is not asked at every request.
    refused: HashMap<Audience, (String, Instant)>,
    /// How many token requests have begun, and which of them brought the claims.
    begun: u64,
    claims_by: u64,
    /// How often the session has changed here, and which of the changes the store has.
    changes: u64,
    saved: u64,
    shared: bool,
    used: Instant,
    retry_at: Option<Instant>,
}

impl Live {
    pub fn new(shared: bool) -> Self {
        Self { records: RwLock::default(), version: Arc::default(), shared }
    }

    /// How often something newer has become known of any session.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The newest that is known of a session that a browser presented.
    pub fn meet(&self, session: &Arc<Session>, clock: &Clock) -> Arc<Session> {
        let Some(record) = self.get(&session.id) else { return Arc::clone(session) };
        let mut state = record.lock();
        state.used = clock.instant();
        state.presented = state.presented.max(session.generation);
        if state.is_older_than(session) {
            state.adopt(Arc::clone(session));
        } else if !state.is_unsaved() && state.session.is_same_as(session) {
            // One copy is enough, and it is known at once next time.
            state.session = Arc::clone(session);
        } else if session.last_seen > state.session.last_seen {
            let last_seen = session.last_seen;
            state.session = Arc::new(Session { last_seen, ..Session::clone(&state.session) });
        }
        Arc::clone(&state.session)
    }

    /// The record of a session, made if there is none.
    pub fn record(&self, session: &Arc<Session>, now: Instant) -> Arc<Record> {
        if let Some(record) = self.get(&session.id) {
            return record;
        }
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        if records.len() >= MAX_LIVE && !records.contains_key(&session.id) {
            make_room(&mut records);
        }
        let record = records.entry(session.id.clone());
        Arc::clone(record.or_insert_with(|| Arc::new(self.new_record(session, now))))
    }

    /// The record of a session, if there is one.
    pub fn get(&self, id: &SessionId) -> Option<Arc<Record>> {
        self.records.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The newest that is known of a session.
    pub fn newest(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.get(id).map(|record| record.session())
    }

    /// Forgets a session. What was last known of it is returned.
    pub fn remove(&self, id: &SessionId) -> Option<Arc<Session>> {
        let record = self.records.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        record.map(|record| record.session())
    }

    /// Forgets the sessions that `which` is true of. What was last known of them is returned.
    pub fn remove_where(&self, which: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        let mut removed = Vec::new();
        records.retain(|_, record| {
            let session = record.session();
            let keep = !which(&session);
            if !keep {
                removed.push(session);
            }
            keep
        });
        removed
    }

    fn new_record(&self, session: &Arc<Session>, now: Instant) -> Record {
        Record {
            turn: tokio::sync::Mutex::default(),
            state: Mutex::new(State {
                session: Arc::clone(session),
                version: Arc::clone(&self.version),
                presented: session.generation,
                tokens: session.tokens.iter().cloned().collect(),
                refused: HashMap::new(),
                begun: 0,
                claims_by: 0,
                changes: 0,
                saved: 0,
                shared: self.shared,
                used: now,
                retry_at: None,
            }),
        }
    }
}

impl Record {
    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.lock().session)
    }

    /// Notes that a token request begins, and gives it a number.
    pub fn begin(&self) -> u64 {
        let mut state = self.lock();
        state.begun += 1;
        state.begun
    }

    /// The number of the token request that began last.
    pub fn begun(&self) -> u64 {
        self.lock().begun
    }

    /// The number of the token request that brought the claims; 0 if none did.
    pub fn claims_by(&self) -> u64 {
        self.lock().claims_by
    }

    /// Takes what a token request brought, under the next generation.
    pub fn advance(&self, change: impl FnOnce(&mut Session)) {
        let mut state = self.lock();
        let mut next = Session::clone(&state.session);
        next.generation += 1;
        change(&mut next);
        if next.confirmed_at > state.session.confirmed_at {
            state.refused.clear();
        }
        state.replace(Arc::new(next));
        state.changes += u64::from(state.shared);
    }

    /// Notes that the claims came with the token request of this number.
    pub fn confirmed_by(&self, number: u64) {
        self.lock().claims_by = number;
    }

    /// Takes the session as another process has left it in the store, if that is newer.
    pub fn adopt(&self, session: Arc<Session>) {
        let mut state = self.lock();
        if state.is_older_than(&session) {
            state.adopt(session);
        }
    }

    /// The session as it is to be saved, and how often it had changed by then.
    pub fn to_save(&self) -> (Arc<Session>, u64) {
        let state = self.lock();
        (Arc::clone(&state.session), state.changes)
    }

    /// Notes that the store has the session like this, with all changes up to one of them. `ours` are
    /// the access tokens that were known when it began to be written.
    pub fn saved(&self, session: Session, ours: &Tokens, change: u64) {
        let mut state = self.lock();
        let known = std::mem::take(&mut state.tokens).into_iter().collect();
        state.tokens = merged(ours, &known, session.tokens.clone()).into_iter().collect();
        let last_seen = session.last_seen.max(state.session.last_seen);
        state.replace(Arc::new(Session { last_seen, ..session }));
        state.saved = change;
    }

    /// Whether the store does not have the session as it is here.
    pub fn is_unsaved(&self) -> bool {
        self.lock().is_unsaved()
    }

    /// Asks nothing of Logto for this session until `wait` has passed.
    pub fn pause(&self, now: Instant, wait: Duration) {
        self.lock().retry_at = Some(now + wait);
    }

    /// How long it is until Logto may be asked again.
    pub fn paused(&self, now: Instant) -> Option<Duration> {
        self.lock()
            .retry_at
            .map(|at| at.saturating_duration_since(now))
            .filter(|wait| !wait.is_zero())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether another process has written something newer. What is not written yet from here is
    /// not given up for a generation that only tells when the session was seen: with it would go a
    /// refresh token that Logto may honour alone.
    fn is_older_than(&self, session: &Session) -> bool {
        session.generation > self.session.generation
            && (!self.is_unsaved() || session.confirmed_at > self.session.confirmed_at)
    }

    fn is_unsaved(&self) -> bool {
        self.saved < self.changes
    }

    fn adopt(&mut self, session: Arc<Session>) {
        if self.shared {
            self.tokens = session.tokens.iter().cloned().collect();
            self.saved = self.changes;
        }
        self.replace(session);
    }

    fn replace(&mut self, session: Arc<Session>) {
        self.session = session;
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Whether this process alone knows the newest tokens: no browser has shown their generation.
    fn is_unseen(&self) -> bool {
        self.is_unsaved() || self.presented < self.session.generation
    }
}

/// Drops a tenth of the records, longest unused first. Those whose newest generation their browser
/// has not seen go only if there is nothing else: with them goes a refresh token that Logto may
/// honour alone.
fn make_room(records: &mut HashMap<SessionId, Arc<Record>>) {
    let idle = records.iter().filter(|(_, record)| Arc::strong_count(record) == 1);
    let mut order: Vec<_> = idle
        .map(|(id, record)| {
            let state = record.lock();
            (state.is_unseen(), state.used, id.clone())
        })
        .collect();
    order.sort();
    let seen = order.iter().take_while(|(unseen, ..)| !unseen).count();
    order.truncate(if seen > 0 { seen.min(MAX_LIVE / 10) } else { MAX_LIVE / 10 });
    if seen == 0 && !order.is_empty() {
        log::warn!(
            "{} sessions had to be forgotten whose browsers have not yet seen their newest tokens; \
             they may have to sign in again.",
            order.len()
        );
    }
    for (_, _, id) in order {
        records.remove(&id);
    }
}
