//! [`Live`]: the sessions that this process knows more of than their browsers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::{Session, SessionId};
use crate::oidc::AccessToken;

/// How many sessions are remembered at most.
const MAX_LIVE: usize = 10_000;

/// How many access tokens one session keeps.
const MAX_TOKENS: usize = 100;

/// The sessions that have a newer generation, or access tokens, in this process.
#[derive(Default)]
pub(crate) struct Live(RwLock<HashMap<SessionId, Arc<Record>>>);

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
    used: Instant,
    retry_at: Option<Instant>,
}

/// What an access token is for; by default, for userinfo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Audience {
    pub resource: Option<String>,
    pub organization: Option<String>,
}

/// An access token, what it is good for, and until when it is given out.
#[derive(Clone)]
pub(crate) struct Token {
    pub text: AccessToken,
    pub scopes: Vec<String>,
    pub renew_at: Instant,
    /// When it expires, by the wall clock.
    pub expires_at: u64,
}

impl Live {
    /// The newest that is known of a session that a browser presented.
    pub fn meet(&self, session: Arc<Session>, now: Instant) -> Arc<Session> {
        let Some(record) = self.get(&session.id) else { return session };
        let mut state = record.lock();
        state.used = now;
        state.presented = state.presented.max(session.generation);
        if session.generation > state.session.generation {
            state.session = session;
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
        let mut records = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if records.len() >= MAX_LIVE {
            make_room(&mut records);
        }
        Arc::clone(records.entry(session.id.clone()).or_insert_with(|| {
            Arc::new(Record {
                turn: tokio::sync::Mutex::default(),
                state: Mutex::new(State {
                    session: Arc::clone(session),
                    presented: session.generation,
                    tokens: HashMap::new(),
                    used: now,
                    retry_at: None,
                }),
            })
        }))
    }

    /// The newest that is known of a session.
    pub fn newest(&self, id: &SessionId) -> Option<Arc<Session>> {
        self.get(id).map(|record| record.session())
    }

    /// Forgets a session. What was last known of it is returned.
    pub fn remove(&self, id: &SessionId) -> Option<Arc<Session>> {
        let record = self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        record.map(|record| record.session())
    }

    fn get(&self, id: &SessionId) -> Option<Arc<Record>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}

impl Record {
    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.lock().session)
    }

    /// The access token for `audience`, unless it is about to expire.
    pub fn token(&self, audience: &Audience, now: Instant) -> Option<Token> {
        self.lock().tokens.get(audience).filter(|token| now < token.renew_at).cloned()
    }

    pub fn keep_token(&self, audience: Audience, token: Token, now: Instant) {
        let tokens = &mut self.lock().tokens;
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, token| now < token.renew_at);
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        tokens.insert(audience, token);
    }

    /// Forgets an access token, unless a newer one has taken its place.
    pub fn forget_token(&self, audience: &Audience, refused: &AccessToken) {
        let tokens = &mut self.lock().tokens;
        if tokens.get(audience).is_some_and(|it| it.text.reveal() == refused.reveal()) {
            tokens.remove(audience);
        }
    }

    /// Forgets all access tokens.
    pub fn clear_tokens(&self) {
        self.lock().tokens.clear();
    }

    /// Takes what a token request brought, under the next generation.
    pub fn advance(&self, change: impl FnOnce(&mut Session)) {
        let mut state = self.lock();
        let mut next = Session::clone(&state.session);
        next.generation += 1;
        change(&mut next);
        state.session = Arc::new(next);
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

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops a tenth of the records, longest unused first, and those whose newest generation their
/// browser has not seen last: with them goes a refresh token that Logto may honour alone.
fn make_room(records: &mut HashMap<SessionId, Arc<Record>>) {
    let idle = records.iter().filter(|(_, record)| Arc::strong_count(record) == 1);
    let mut order: Vec<_> = idle
        .map(|(id, record)| {
            let state = record.lock();
            (state.presented < state.session.generation, state.used, id.clone())
        })
        .collect();
    order.sort();
    order.truncate(MAX_LIVE / 10);
    let unseen = order.iter().filter(|(unseen, ..)| *unseen).count();
    if unseen > 0 {
        log::warn!(
            "{unseen} sessions had to be forgotten whose browsers have not yet seen their newest \
             tokens; they may have to sign in again."
        );
    }
    for (_, _, id) in order {
        records.remove(&id);
    }
}
