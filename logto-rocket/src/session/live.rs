//! [`Live`]: the sessions that this process knows more of than their browsers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::token::{Audience, Token};
use super::{Session, SessionId};
use crate::clock::Clock;
use crate::oidc::AccessToken;

/// How many sessions are remembered at most.
const MAX_LIVE: usize = 10_000;

/// How many access tokens one session keeps.
const MAX_TOKENS: usize = 100;

/// The sessions that have a newer generation, or access tokens, in this process.
pub(crate) struct Live {
    records: RwLock<HashMap<SessionId, Arc<Record>>>,
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
    /// The newest generation that the browser has shown.
    presented: u64,
    tokens: HashMap<Audience, Token>,
    /// What Logto refused with lately, so that it is not asked at every request.
    refused: HashMap<Audience, (String, Instant)>,
    /// How many token requests have begun, and which of them brought the claims.
    begun: u64,
    claims_by: u64,
    /// Whether the store does not have the session as it is here.
    unsaved: bool,
    shared: bool,
    used: Instant,
    retry_at: Option<Instant>,
}

impl Live {
    pub fn new(shared: bool) -> Self {
        Self { records: RwLock::default(), shared }
    }

    /// The newest that is known of a session that a browser presented.
    pub fn meet(&self, session: &Arc<Session>, clock: &Clock) -> Arc<Session> {
        let Some(record) = self.get(&session.id) else { return Arc::clone(session) };
        let mut state = record.lock();
        state.used = clock.instant();
        state.presented = state.presented.max(session.generation);
        if session.generation > state.session.generation {
            state.adopt(Arc::clone(session));
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
        Arc::clone(record.or_insert_with(|| Arc::new(Record::new(session, self.shared, now))))
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
}

impl Record {
    fn new(session: &Arc<Session>, shared: bool, now: Instant) -> Self {
        Self {
            turn: tokio::sync::Mutex::default(),
            state: Mutex::new(State {
                session: Arc::clone(session),
                presented: session.generation,
                tokens: session.tokens.iter().cloned().collect(),
                refused: HashMap::new(),
                begun: 0,
                claims_by: 0,
                unsaved: false,
                shared,
                used: now,
                retry_at: None,
            }),
        }
    }

    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.lock().session)
    }

    /// The access token for `audience`, unless it is about to expire.
    pub fn token(&self, audience: &Audience, now: u64) -> Option<Token> {
        self.lock().tokens.get(audience).filter(|token| now < token.renew_at).cloned()
    }

    /// The access token for `audience` while Logto still honours it.
    pub fn expiring_token(&self, audience: &Audience, now: u64) -> Option<Token> {
        self.lock().tokens.get(audience).filter(|token| now < token.expires_at).cloned()
    }

    pub fn keep_token(&self, audience: Audience, token: Token, now: u64) {
        self.lock().keep_token(audience, token, now);
    }

    /// Forgets an access token, unless a newer one has taken its place.
    pub fn forget_token(&self, audience: &Audience, refused: &AccessToken) {
        let tokens = &mut self.lock().tokens;
        if tokens.get(audience).is_some_and(|it| it.text.reveal() == refused.reveal()) {
            tokens.remove(audience);
        }
    }

    /// Forgets all access tokens, and what Logto refused.
    pub fn clear_tokens(&self) {
        let mut state = self.lock();
        state.tokens.clear();
        state.refused.clear();
    }

    /// All access tokens that Logto still honours.
    pub fn tokens(&self, now: u64) -> Vec<(Audience, Token)> {
        let state = self.lock();
        let good = state.tokens.iter().filter(|(_, token)| now < token.expires_at);
        good.map(|(audience, token)| (audience.clone(), token.clone())).collect()
    }

    /// The code that Logto refused a token for `audience` with, if that was a moment ago.
    pub fn refusal(&self, audience: &Audience, now: Instant) -> Option<String> {
        let state = self.lock();
        state.refused.get(audience).filter(|(_, until)| now < *until).map(|(code, _)| code.clone())
    }

    /// Remembers what Logto refused a token for `audience` with.
    pub fn refuse(&self, audience: Audience, code: String, now: Instant, time: Duration) {
        let refused = &mut self.lock().refused;
        if refused.len() >= MAX_TOKENS {
            refused.clear();
        }
        refused.insert(audience, (code, now + time));
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
        state.session = Arc::new(next);
    }

    /// Notes that the claims came with the token request of this number.
    pub fn confirmed_by(&self, number: u64) {
        self.lock().claims_by = number;
    }

    /// Takes the session as another process has left it in the store, if that is newer.
    pub fn adopt(&self, session: Arc<Session>) {
        let mut state = self.lock();
        if session.generation > state.session.generation {
            state.adopt(session);
        }
    }

    /// Puts the session in the place of what is known.
    pub fn set(&self, session: Arc<Session>, unsaved: bool) {
        let mut state = self.lock();
        state.session = session;
        state.unsaved = unsaved;
    }

    /// Whether the store does not have the session as it is here.
    pub fn is_unsaved(&self) -> bool {
        self.lock().unsaved
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
    fn adopt(&mut self, session: Arc<Session>) {
        if self.shared {
            self.tokens = session.tokens.iter().cloned().collect();
            self.unsaved = false;
        }
        self.session = session;
    }

    fn keep_token(&mut self, audience: Audience, token: Token, now: u64) {
        if self.tokens.len() >= MAX_TOKENS {
            self.tokens.retain(|_, token| now < token.expires_at);
        }
        if self.tokens.len() >= MAX_TOKENS {
            self.tokens.clear();
        }
        self.refused.remove(&audience);
        self.tokens.insert(audience, token);
    }

    /// Whether this process alone knows the newest tokens: no browser has shown their generation.
    fn is_unseen(&self) -> bool {
        self.unsaved || self.presented < self.session.generation
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
