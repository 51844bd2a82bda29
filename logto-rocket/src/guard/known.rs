//! [`Known`]: the user of one request, as the guards of the request know them.

use std::sync::OnceLock;

use super::LogtoUser;
use crate::refusal::Refusal;

/// The user of a request, found out once. What is learnt of them later is appended, because guards
/// have borrowed what was known before.
pub(crate) struct Known {
    user: Result<LogtoUser, Refusal>,
    /// As long as the [version](crate::session::Sessions::version) stays, there is nothing new.
    version: u64,
    next: OnceLock<Box<Known>>,
}

impl Known {
    /// A user, as of a version.
    pub fn new(user: LogtoUser, version: u64) -> Self {
        Self { user: Ok(user), version, next: OnceLock::new() }
    }

    /// Why there is none, which stays so for the rest of the request.
    pub fn nobody(why: Refusal) -> Self {
        Self { user: Err(why), version: 0, next: OnceLock::new() }
    }

    /// The user as Logto last told of them, by a refresh within this request or another one.
    pub fn newest(&self) -> &Result<LogtoUser, Refusal> {
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        match last.changed() {
            Some(changed) => &last.next.get_or_init(|| Box::new(changed)).user,
            None => &last.user,
        }
    }

    /// What has become of the user, if that is anything new.
    fn changed(&self) -> Option<Self> {
        let user = self.user.as_ref().ok()?;
        let (sessions, session) = (user.logto().keeper(), user.session());
        let version = sessions.version();
        if version == self.version {
            return None;
        }
        if sessions.is_ended(session) {
            return Some(Self::nobody(Refusal::NotSignedIn));
        }
        let newest = sessions.newest(&session.id)?;
        let newer = newest.generation > session.generation;
        newer.then(|| Self::new(LogtoUser::new(user.logto().clone(), newest), version))
    }
}
