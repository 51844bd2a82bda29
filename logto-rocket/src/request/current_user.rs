//! [`CurrentUser`]: the user of one request, as the guards of the request know them.

use std::sync::OnceLock;

use crate::error::Refusal;
use crate::user::LogtoUser;

/// The user of a request, loaded once. Later versions are appended, because guards have borrowed
/// the earlier ones.
pub(crate) struct CurrentUser {
    user: Result<LogtoUser, Refusal>,
    /// While the [version](crate::session::Sessions::version) does not change, there is nothing
    /// new.
    version: u64,
    next: OnceLock<Box<CurrentUser>>,
}

impl CurrentUser {
    /// A user, as of a version.
    pub fn new(user: LogtoUser, version: u64) -> Self {
        Self { user: Ok(user), version, next: OnceLock::new() }
    }

    /// Why there is no user, which does not change during the request.
    pub fn nobody(why: Refusal) -> Self {
        Self { user: Err(why), version: 0, next: OnceLock::new() }
    }

    /// The user with the newest claims from Logto, from a refresh in this request or another one.
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

    /// The name of the user, if there is one.
    pub fn display_name(&self) -> Option<&str> {
        self.newest().as_ref().ok().map(LogtoUser::display_name)
    }

    /// The newer state of the user, if there is one.
    fn changed(&self) -> Option<Self> {
        let user = self.user.as_ref().ok()?;
        let (sessions, session) = (user.client().sessions(), user.session());
        let version = sessions.version();
        if version == self.version {
            return None;
        }
        if sessions.is_ended(session) {
            return Some(Self::nobody(Refusal::NotSignedIn));
        }
        let newest = sessions.newest(&session.id)?;
        let newer = newest.generation > session.generation;
        newer.then(|| Self::new(LogtoUser::new(user.client(), newest), version))
    }
}
