//! [`Token`]: an access token of a session, and the [`Audience`] that it is for.

use serde::{Deserialize, Serialize};

use crate::oidc::AccessToken;

/// What an access token is for; by default, for userinfo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Audience {
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// An access token, what it is good for, and until when, in seconds since the Unix epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    #[serde(rename = "t")]
    pub text: AccessToken,
    #[serde(rename = "s")]
    pub scopes: Vec<String>,
    /// From then on another one is asked for.
    #[serde(rename = "n")]
    pub renew_at: u64,
    #[serde(rename = "e")]
    pub expires_at: u64,
}

/// Access tokens, each for another audience.
pub(crate) type Tokens = Vec<(Audience, Token)>;

/// What two processes have made of the same tokens: those of the other one, with what was added and
/// without what was taken away here.
pub(crate) fn merged(before: &Tokens, ours: &Tokens, theirs: Tokens) -> Tokens {
    let added: Tokens = ours.iter().filter(|token| !has(before, token)).cloned().collect();
    let stays = |token: &(Audience, Token)| {
        let is_gone = has(before, token) && !has(ours, token);
        !is_gone && !added.iter().any(|(audience, _)| *audience == token.0)
    };
    let mut all: Tokens = theirs.into_iter().filter(stays).collect();
    all.extend(added);
    all
}

fn has(tokens: &Tokens, (audience, token): &(Audience, Token)) -> bool {
    tokens.iter().any(|(known, it)| known == audience && it.text.reveal() == token.text.reveal())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(texts: &[&str]) -> Tokens {
        let token = |text: &&str| {
            let (resource, text) = text.split_once(' ').unwrap();
            let audience = Audience { resource: Some(resource.into()), organization: None };
            let text = AccessToken::from(text);
            (audience, Token { text, scopes: Vec::new(), renew_at: 0, expires_at: 0 })
        };
        texts.iter().map(token).collect()
    }

    #[track_caller]
    fn check(before: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]) {
        let text = |(audience, token): &(Audience, Token)| {
            format!("{} {}", audience.resource.as_deref().unwrap(), token.text.reveal())
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
