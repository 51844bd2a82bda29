//! [`Known`]: the user of one request, as the guards of the request know them.

use std::sync::OnceLock;

use super::LogtoUser;
use crate::refusal::Refusal;
use crate::session::Verdict;

/// The user of a request, found out once. What is learnt of them later is appended, because guards
/// have borrowed what was known before.
pub(super) struct Known {
    user: Result<LogtoUser, Refusal>,
    next: OnceLock<Box<Known>>,
}

impl Known {
    pub fn new(user: Result<LogtoUser, Refusal>) -> Self {
        Self { user, next: OnceLock::new() }
    }

    /// The user as Logto last told of them, by a refresh within this request or another one.
    pub fn newest(&self) -> &Result<LogtoUser, Refusal> {
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        match last.user.as_ref().ok().and_then(changed) {
            Some(user) => &last.next.get_or_init(|| Box::new(Self::new(user))).user,
            None => &last.user,
        }
    }
}

/// What has become of the user, if that is anything new.
fn changed(user: &LogtoUser) -> Option<Result<LogtoUser, Refusal>> {
    let (sessions, session) = (user.logto().keeper(), user.session());
    if sessions.ended.verdict(session) == Verdict::Ended {
        return Some(Err(Refusal::NotSignedIn));
    }
    let newest = sessions.live.newest(&session.id)?;
    let newer = newest.generation > session.generation;
    newer.then(|| Ok(LogtoUser::new(user.logto().clone(), newest)))
}
