//! [`CachedToken`]: an access token of a session, and the [`TokenTarget`] that it is for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::oidc::{AccessToken, Tokens};

/// The life of an access token that Logto gives none for.
const DEFAULT_LIFE: Duration = Duration::from_secs(300);

/// What an access token is for; by default, for userinfo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TokenTarget {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// An access token, its scopes, and when it expires, in seconds since the Unix epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CachedToken {
    #[serde(rename = "t")]
    pub text: AccessToken,
    #[serde(rename = "s")]
    pub scopes: Vec<String>,
    /// The time from which it is renewed.
    #[serde(rename = "n")]
    pub renew_at: u64,
    #[serde(rename = "e")]
    pub expires_at: u64,
    #[serde(rename = "f")]
    pub fetched_at: u64,
    /// How many marks the session had when it was asked for.
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    pub marks: u32,
}

impl CachedToken {
    /// The access token of an answer, for a session that had this number of marks. The token is renewed when
    /// less than a minute, or a tenth of its lifetime, is left.
    pub fn of_answer(tokens: &Tokens, marks: u32, now: u64) -> Self {
        let life = tokens.expires_in.unwrap_or(DEFAULT_LIFE).as_secs();
        let expires_at = now.saturating_add(life);
        let renew_at = expires_at.saturating_sub((life / 10).min(60));
        let (text, scopes) = (tokens.access_token.clone(), tokens.granted());
        Self { text, scopes, renew_at, expires_at, fetched_at: now, marks }
    }

    /// Whether its scopes decide: it was fetched less than `limit` ago, and after the last mark.
    pub fn decides(&self, limit: Option<Duration>, marks: u32, now: u64) -> bool {
        let age = now.saturating_sub(self.fetched_at);
        self.marks >= marks && limit.is_none_or(|limit| age < limit.as_secs())
    }
}

/// Access tokens, each for another target.
pub(crate) type CachedTokens = Vec<(TokenTarget, CachedToken)>;

/// Merges the tokens of two processes: those of the other process, with the tokens added here and
/// without those removed here.
pub(crate) fn merged(
    before: &CachedTokens,
    ours: &CachedTokens,
    theirs: CachedTokens,
) -> CachedTokens {
    let added: CachedTokens = ours.iter().filter(|token| !has(before, token)).cloned().collect();
    let stays = |token: &(TokenTarget, CachedToken)| {
        let is_gone = has(before, token) && !has(ours, token);
        !is_gone && !added.iter().any(|(target, _)| *target == token.0)
    };
    let mut all: CachedTokens = theirs.into_iter().filter(stays).collect();
    all.extend(added);
    all
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
pub(super) fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn has(tokens: &CachedTokens, (target, token): &(TokenTarget, CachedToken)) -> bool {
    tokens.iter().any(|(known, it)| known == target && it.text.reveal() == token.text.reveal())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(texts: &[&str]) -> CachedTokens {
        let token = |text: &&str| {
            let (resource, text) = text.split_once(' ').unwrap();
            let target = TokenTarget { resource: Some(resource.into()), organization: None };
            let text = AccessToken::from(text);
            let token = CachedToken {
                text,
                scopes: Vec::new(),
                renew_at: 0,
                expires_at: 0,
                fetched_at: 0,
                marks: 0,
            };
            (target, token)
        };
        texts.iter().map(token).collect()
    }

    #[track_caller]
    fn check(before: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]) {
        let text = |(target, token): &(TokenTarget, CachedToken)| {
            format!("{} {}", target.resource.as_deref().unwrap(), token.text.reveal())
        };
        let merged = merged(&tokens(before), &tokens(ours), tokens(theirs));
        assert_eq!(merged.iter().map(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_two_processes_do_at_once_is_done_by_both() {
        check(&["a 1"], &["a 1", "b 1"], &["a 1", "c 1"], &["a 1", "c 1", "b 1"]);
        check(&["a 1", "b 1"], &["a 1", "b 1", "c 1"], &[], &["c 1"]);
        check(&["a 1", "b 1"], &[], &["a 1", "b 1"], &[]);
        check(&["a 1", "b 1"], &["b 1"], &["a 2", "b 1"], &["a 2", "b 1"]);
        check(&["a 1"], &["a 2"], &["a 3"], &["a 2"]);
    }
}
