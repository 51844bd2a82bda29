//! The access tokens of a live session, and what Logto refused instead.

use std::time::{Duration, Instant};

use super::{Record, State};
use crate::oidc::AccessToken;
use crate::session::cached_token::{Audience, Token, Tokens};

/// How many access tokens one session keeps.
const MAX_TOKENS: usize = 100;

impl Record {
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
    pub fn tokens(&self, now: u64) -> Tokens {
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
}

impl State {
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
}
