//! The access tokens of a session in the registry.

use super::Entry;
use super::entry::EntryState;
use crate::oidc::AccessToken;
use crate::session::cached_token::{CachedToken, CachedTokens, TokenTarget};
use crate::session::memory::{Mark, Use};

/// How many access tokens are remembered for one session.
const MAX_TOKENS: usize = 100;

impl Entry {
    /// The access token for `target`, unless it is about to expire or too old for its use.
    pub fn token(&self, target: &TokenTarget, wanted: Use, now: u64) -> Option<CachedToken> {
        self.lock().token(target, wanted, now).cloned()
    }

    /// The access token for `target` while Logto still honours it, unless it is too old for its use.
    pub fn expiring_token(
        &self,
        target: &TokenTarget,
        wanted: Use,
        now: u64,
    ) -> Option<CachedToken> {
        let state = self.lock();
        let token = state.tokens.get(target).filter(|token| now < token.expires_at)?;
        state.is_fit(token, wanted, now).then(|| token.clone())
    }

    /// Remembers an access token.
    pub fn add_token(&self, target: TokenTarget, token: CachedToken, now: u64) {
        self.lock().add_token(target, token, now);
    }

    /// Forgets an access token, unless a newer one has taken its place.
    pub fn forget_token(&self, target: &TokenTarget, refused: &AccessToken) {
        let tokens = &mut self.lock().tokens;
        if tokens.get(target).is_some_and(|it| it.text.reveal() == refused.reveal()) {
            tokens.remove(target);
        }
    }

    /// Forgets all access tokens, and what Logto refused.
    pub fn clear_tokens(&self) {
        let mut state = self.lock();
        state.tokens.clear();
        state.queue.forget_refusals();
    }

    /// Whether the claims came with a request that began after a mark, and older access tokens decide
    /// nothing.
    pub fn has_seen(&self, mark: Mark) -> bool {
        self.lock().marks_seen >= mark.number()
    }

    /// Notes that the claims came with a request that began when there were so many marks.
    pub fn saw(&self, marks: u64) {
        let seen = &mut self.lock().marks_seen;
        *seen = marks.max(*seen);
    }

    /// Notes that another process, which does not know of a mark, has confirmed the claims after it. Access
    /// tokens that may be from before the mark are removed.
    pub fn was_confirmed_after(&self, mark: Mark) {
        let mut state = self.lock();
        state.tokens.retain(|_, token| mark.is_known_by(token.fetched_at));
        state.marks_seen = mark.number().max(state.marks_seen);
    }

    /// All access tokens that Logto still honours.
    pub fn tokens(&self, now: u64) -> CachedTokens {
        let state = self.lock();
        let good = state.tokens.iter().filter(|(_, token)| now < token.expires_at);
        good.map(|(target, token)| (target.clone(), token.clone())).collect()
    }
}

impl EntryState {
    pub(super) fn token(
        &self,
        target: &TokenTarget,
        wanted: Use,
        now: u64,
    ) -> Option<&CachedToken> {
        let token = self.tokens.get(target).filter(|token| now < token.renew_at)?;
        self.is_fit(token, wanted, now).then_some(token)
    }

    /// Whether the token is new enough for its use.
    fn is_fit(&self, token: &CachedToken, wanted: Use, now: u64) -> bool {
        match wanted {
            Use::Call => true,
            Use::Decision(limit) => token.decides(limit, self.session.marks, now),
        }
    }

    fn add_token(&mut self, target: TokenTarget, token: CachedToken, now: u64) {
        if self.tokens.len() >= MAX_TOKENS {
            self.tokens.retain(|_, token| now < token.expires_at);
        }
        if self.tokens.len() >= MAX_TOKENS {
            self.tokens.clear();
        }
        self.queue.token_came(&target);
        self.tokens.insert(target, token);
    }
}

#[cfg(test)]
mod tests;
