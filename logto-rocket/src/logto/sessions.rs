//! [`SessionControl`]: what sessions there are, and their end, whoever's they are.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Logto;
use crate::error::Error;
use crate::session::Session;
use crate::session_id::SessionId;

/// The sessions of this application; [`Logto::sessions()`] gives it.
///
/// What ends here ends in this process at once, and with sessions in a store that others share, in
/// those as well. With sessions in cookies another process believes them until
/// `session.revalidate_after` has passed since Logto last confirmed them.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Error, Logto, LogtoUser, authenticated};
///
/// #[authenticated]
/// #[post("/sign-out-everywhere")]
/// async fn sign_out_everywhere(logto: &Logto, user: &LogtoUser) -> Result<&'static str, Error> {
///     logto.sessions().end_all_of(user.id()).await?;
///     Ok("You are signed out on all devices.")
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SessionControl<'l> {
    logto: &'l Logto,
}

/// A session of a user, for them to recognize it on a page about their account;
/// [`SessionControl::of()`] finds them.
///
/// It serializes as `{"id", "signed_in_at", "last_seen", "address", "user_agent"}`, with times in
/// seconds since the Unix epoch.
#[derive(Clone)]
pub struct SessionInfo(Arc<Session>);

impl<'l> SessionControl<'l> {
    pub(super) fn new(logto: &'l Logto) -> Self {
        Self { logto }
    }

    /// The sessions of a user, last seen first. `sub` is the user's [id](crate::LogtoUser::id).
    ///
    /// Only a store knows them: sessions in cookies are known to their browsers alone, so that no list
    /// of them would be whole.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Error, Logto, LogtoUser, authenticated};
    ///
    /// #[authenticated]
    /// #[get("/account/sessions")]
    /// async fn sessions(logto: &Logto, user: &LogtoUser) -> Result<String, Error> {
    ///     let sessions = logto.sessions().of(user.id()).await?;
    ///     let names = sessions.iter().map(|it| it.user_agent().unwrap_or("a browser"));
    ///     Ok(names.collect::<Vec<_>>().join("\n"))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NoSessionStore`] (500 as the response of a handler) if sessions are in cookies,
    /// [`Error::Store`] (503) if the store does not answer.
    pub async fn of(&self, sub: &str) -> Result<Vec<SessionInfo>, Error> {
        let mut sessions = self.logto.keeper().list_by_sub(sub).await?;
        sessions
            .sort_by_key(|session| std::cmp::Reverse((session.last_seen, session.signed_in_at)));
        Ok(sessions.into_iter().map(SessionInfo).collect())
    }

    /// Ends one session, by the id that [`LogtoUser::session_id()`](crate::LogtoUser::session_id)
    /// and the [events](crate::Event) tell. No cookie of it is believed from now on. It is for the
    /// caller to know that whoever wants it may end this session; one that does not exist is no
    /// error.
    ///
    /// The refresh token, where this process or the store knows it, is revoked at Logto, which takes two seconds
    /// at most; what fails there is logged. The session at Logto goes on.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] (503 as the response of a handler) if the session store could not be told.
    /// In this process the session has ended even so.
    pub async fn end(&self, session: &SessionId) -> Result<(), Error> {
        let keeper = self.logto.keeper();
        let over = keeper.end_by_id(session).await?;
        keeper.revoke(over).await;
        Ok(())
    }

    /// Ends every session of a user that was signed in before now or in this second, also that of
    /// the request that is being answered. `sub` is the user's [id](crate::LogtoUser::id).
    ///
    /// Refresh tokens are revoked as by [`end`](Self::end). The sessions at Logto go on: the next
    /// sign-in may ask for nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] (503 as the response of a handler) if the session store could not be told.
    /// In this process the sessions have ended even so.
    pub async fn end_all_of(&self, sub: &str) -> Result<(), Error> {
        let keeper = self.logto.keeper();
        let over = keeper.end_by_sub(sub, self.logto.clock().now()).await?;
        keeper.revoke(over).await;
        Ok(())
    }
}

impl SessionInfo {
    /// The session's public name, by which [`end()`](SessionControl::end) ends it.
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// When the user signed in.
    pub fn signed_in_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.signed_in_at)
    }

    /// When it was last used, up to a minute ago.
    pub fn last_seen(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.last_seen)
    }

    /// The address that the sign-in came from, as Rocket's
    /// [`client_ip()`](rocket::Request::client_ip) tells it: behind a proxy, see `ip_header` there.
    pub fn address(&self) -> Option<IpAddr> {
        self.0.origin.as_ref()?.address
    }

    /// What the browser called itself at the sign-in, 256 characters at most. It is the browser's
    /// own word, so a template must escape it.
    pub fn user_agent(&self) -> Option<&str> {
        self.0.origin.as_ref()?.user_agent.as_deref()
    }
}

impl fmt::Debug for SessionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionInfo")
            .field("id", self.id())
            .field("signed_in_at", &self.0.signed_in_at)
            .field("last_seen", &self.0.last_seen)
            .finish_non_exhaustive()
    }
}

impl Serialize for SessionInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut session = serializer.serialize_struct("SessionInfo", 5)?;
        session.serialize_field("id", self.id())?;
        session.serialize_field("signed_in_at", &self.0.signed_in_at)?;
        session.serialize_field("last_seen", &self.0.last_seen)?;
        session.serialize_field("address", &self.address())?;
        session.serialize_field("user_agent", &self.user_agent())?;
        session.end()
    }
}
