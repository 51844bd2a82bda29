//! [`Ending`]: which sessions are to be deleted from a store.

use std::fmt;

use crate::session_id::SessionId;

/// Which sessions have ended.
#[derive(Clone, Debug)]
pub(in crate::session) enum Ending {
    /// One.
    Session(SessionId),
    /// Those of a session at Logto.
    Sid(String),
    /// Those of a user that were signed in by then.
    Sub(String, u64),
}

impl Ending {
    /// The session, the session at Logto, and the user that it names.
    pub fn names(&self) -> (Option<SessionId>, Option<String>, Option<String>) {
        match self {
            Self::Session(id) => (Some(id.clone()), None, None),
            Self::Sid(sid) => (None, Some(sid.clone()), None),
            Self::Sub(sub, _) => (None, None, Some(sub.clone())),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(id) => write!(f, "The end of the session {id}"),
            Self::Sid(sid) => write!(f, "The end of the sessions of {sid} at Logto"),
            Self::Sub(sub, _) => write!(f, "The end of all sessions of {sub}"),
        }
    }
}
