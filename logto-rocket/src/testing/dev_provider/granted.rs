//! [`Granted`]: what a provider gave out and a restart must not lose.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::testing::state::{
    AccessToken, Grant, REFRESH_TOKEN_LIFE, RefreshToken, SESSION_LIFE, Session, State,
};

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
        let sessions = living(&state.sessions, |it| now < it.authenticated_at + SESSION_LIFE);
        let access_tokens = living(&state.access_tokens, |it| now < it.expires_at);
        // A used one is honoured for seconds only.
        let refresh_tokens = living(&state.refresh_tokens, |it| {
            it.consumed_at.is_none() && now < it.issued_at + REFRESH_TOKEN_LIFE
        });
        let of_sessions = sessions.values().flat_map(|it| it.grants.values());
        let of_access_tokens = access_tokens.values().map(|it| &it.authorization.grant);
        let of_refresh_tokens = refresh_tokens.values().map(|it| &it.authorization.grant);
        let used: BTreeSet<_> =
            of_sessions.chain(of_access_tokens).chain(of_refresh_tokens).collect();
        let grants = state.grants.iter().filter(|(id, _)| used.contains(id));
        let grants = grants.map(|(id, grant)| (id.clone(), grant.clone())).collect();
        Self { sessions, grants, access_tokens, refresh_tokens }
    }

    pub(super) fn restore(self, state: &mut State) {
        state.sessions.extend(self.sessions);
        state.grants.extend(self.grants);
        state.access_tokens.extend(self.access_tokens);
        state.refresh_tokens.extend(self.refresh_tokens);
    }
}

fn living<'a, T: Clone + 'a>(
    all: impl IntoIterator<Item = (&'a String, &'a T)>,
    lives: impl Fn(&T) -> bool,
) -> BTreeMap<String, T> {
    let living = all.into_iter().filter(|(_, value)| lives(value));
    living.map(|(id, value)| (id.clone(), value.clone())).collect()
}
