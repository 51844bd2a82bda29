//! [`AskedInFlow`]: what a sign-in in progress has asked Logto for, in few bytes.

use serde::{Deserialize, Serialize};

use super::names::hash;
use crate::session::session::Asked;

/// How many digits the hash of the usual scopes and resources has.
const DIGITS: usize = 8;

/// What a sign-in asked Logto for. A short hash stands for what every sign-in of the application asks for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum AskedInFlow {
    Usual(String),
    /// With scopes and resources that a handler has added.
    More {
        #[serde(rename = "u")]
        usual: String,
        #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
        scopes: Vec<String>,
        #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
        resources: Vec<String>,
    },
}

impl AskedInFlow {
    /// What a sign-in asks for. `usual` is what every sign-in of the application asks for, and is part of it.
    pub fn new(scopes: &[String], resources: &[String], usual: &Asked) -> Self {
        let scopes: Vec<_> = scopes.iter().filter(|it| !usual.has_scope(it)).cloned().collect();
        let resources = resources.iter().filter(|it| !usual.has_resource(it));
        let resources: Vec<_> = resources.cloned().collect();
        let usual = fingerprint(usual);
        if scopes.is_empty() && resources.is_empty() {
            return Self::Usual(usual);
        }
        Self::More { usual, scopes, resources }
    }

    /// The value for a sign-in if it is unknown what it asked for.
    pub(super) fn unknown() -> Self {
        Self::Usual(String::new())
    }

    /// What the sign-in asked for. If the application has since changed what it asks for, this is unknown, and the
    /// least is assumed.
    pub fn resolve(self, now: Asked) -> Asked {
        match self {
            Self::Usual(usual) if usual == fingerprint(&now) => now,
            Self::More { usual, scopes, resources } if usual == fingerprint(&now) => {
                let all: Vec<_> = now.each_scope().map(ToOwned::to_owned).chain(scopes).collect();
                Asked::new(&all, &[now.resources, resources].concat())
            }
            Self::Usual(_) | Self::More { .. } => Asked::least(),
        }
    }
}

fn fingerprint(asked: &Asked) -> String {
    let text = format!("{}\n{}", asked.scopes(), asked.resources.join(" "));
    hash(&text)[..DIGITS].to_owned()
}
