//! [`Granted`]: what a provider gave out and a restart must not lose.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{APP, MACHINE, USERS};
use crate::testing::state::{
    ACCESS_TOKEN_LIFE, AccessToken, Authorization, GRANT_LIFE, Grant, REFRESH_TOKEN_LIFE,
    RefreshToken, SESSION_LIFE, Session, State,
};
use crate::testing::user::User;

/// By how many seconds what was granted may lie ahead, because the clock has been set back since.
const CLOCK_CORRECTION: u64 = 86_400;

/// The sessions, grants and tokens of a provider that still live.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Granted {
    sessions: BTreeMap<String, Session>,
    grants: BTreeMap<String, Grant>,
    access_tokens: BTreeMap<String, AccessToken>,
    refresh_tokens: BTreeMap<String, RefreshToken>,
}

impl Granted {
    pub(super) fn of(state: &State) -> Self {
        let now = state.now();
        let sessions =
            living(&state.sessions, |it| now < it.authenticated_at.saturating_add(SESSION_LIFE));
        let access_tokens = living(&state.access_tokens, |it| now < it.expires_at);
        // A used one is honoured for seconds only.
        let refresh_tokens = living(&state.refresh_tokens, |it| {
            it.consumed_at.is_none() && now < it.issued_at.saturating_add(REFRESH_TOKEN_LIFE)
        });
        let grants = state.grants.clone().into_iter().collect();
        Self { sessions, grants, access_tokens, refresh_tokens }.without_unused_grants()
    }

    /// The newer half of it.
    pub(super) fn newer_half(self) -> Self {
        let half = Self {
            sessions: newer_half(self.sessions, |it| it.authenticated_at),
            grants: self.grants,
            access_tokens: newer_half(self.access_tokens, |it| it.expires_at),
            refresh_tokens: newer_half(self.refresh_tokens, |it| it.issued_at),
        };
        half.without_unused_grants()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.access_tokens.is_empty() && self.refresh_tokens.is_empty()
    }

    /// Whether a provider can have granted this until now.
    pub(super) fn makes_sense(&self, now: u64) -> bool {
        let latest = now.saturating_add(CLOCK_CORRECTION);
        let users = USERS.map(|name| User::new(name).id().to_owned());
        let has_app = |app: &String| app == APP.0 || app == MACHINE.0;
        let is_known = |it: &Authorization| {
            has_app(&it.app)
                && users.contains(&it.user)
                && self.grants.contains_key(&it.grant)
                && it.auth_time.is_none_or(|at| at <= latest)
        };
        let session = |it: &Session| {
            it.authenticated_at <= latest
                && users.contains(&it.user)
                && it.apps.iter().chain(it.grants.keys()).all(has_app)
                && it.grants.values().all(|grant| self.grants.contains_key(grant))
        };
        let ends_within = |expires_at: u64, life: u64| {
            expires_at >= life && expires_at <= latest.saturating_add(life)
        };
        let refresh_token = |it: &RefreshToken| {
            is_known(&it.authorization)
                && it.issued_at <= latest
                && it.chain_began_at <= it.issued_at
        };
        self.sessions.values().all(session)
            && self.grants.values().all(|it| ends_within(it.expires_at, GRANT_LIFE))
            && self.access_tokens.values().all(|it| {
                is_known(&it.authorization) && ends_within(it.expires_at, ACCESS_TOKEN_LIFE)
            })
            && self.refresh_tokens.values().all(refresh_token)
    }

    pub(super) fn restore(self, state: &mut State) {
        state.sessions.extend(self.sessions);
        state.grants.extend(self.grants);
        state.access_tokens.extend(self.access_tokens);
        state.refresh_tokens.extend(self.refresh_tokens);
    }

    fn without_unused_grants(mut self) -> Self {
        let of_sessions = self.sessions.values().flat_map(|it| it.grants.values());
        let of_access_tokens = self.access_tokens.values().map(|it| &it.authorization.grant);
        let of_refresh_tokens = self.refresh_tokens.values().map(|it| &it.authorization.grant);
        let used: BTreeSet<_> =
            of_sessions.chain(of_access_tokens).chain(of_refresh_tokens).collect();
        self.grants.retain(|id, _| used.contains(id));
        self
    }
}

fn newer_half<T>(all: BTreeMap<String, T>, when: impl Fn(&T) -> u64) -> BTreeMap<String, T> {
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, it)| Reverse(when(it)));
    all.truncate(all.len() / 2);
    all.into_iter().collect()
}

fn living<'a, T: Clone + 'a>(
    all: impl IntoIterator<Item = (&'a String, &'a T)>,
    lives: impl Fn(&T) -> bool,
) -> BTreeMap<String, T> {
    let living = all.into_iter().filter(|(_, value)| lives(value));
    living.map(|(id, value)| (id.clone(), value.clone())).collect()
}
