//! [`SessionControl`]: lists and ends the sessions of any user.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Client;
use crate::error::Error;
use crate::session::Session;
use crate::session_id::SessionId;

/// The sessions of this application, from [`Logto::sessions()`](crate::Logto::sessions).
///
/// If a function of this type ends a session, the end takes effect in this process at once, and with a shared
/// store in all other processes too. With sessions in cookies, another process accepts the session until
/// `session.revalidate_after` has passed since Logto last confirmed it.
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
    client: &'l Client,
}

/// A session of a user, with details by which the user recognizes it on an account page.
/// [`SessionControl::of()`] returns them.
///
/// It serializes as `{"id", "signed_in_at", "last_seen", "address", "user_agent"}`, with times in
/// seconds since the Unix epoch.
#[derive(Clone)]
pub struct SessionInfo(Arc<Session>);

impl<'l> SessionControl<'l> {
    pub(super) fn new(client: &'l Client) -> Self {
        Self { client }
    }

    /// The sessions of a user, most recently used first. `sub` is the user's
    /// [id](crate::LogtoUser::id).
    ///
    /// This function requires a store. If sessions are in cookies, only the browsers have them, so a list would
    /// be incomplete.
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
        let mut sessions = self.client.sessions().list_by_sub(sub).await?;
        sessions
            .sort_by_key(|session| std::cmp::Reverse((session.last_seen, session.signed_in_at)));
        Ok(sessions.into_iter().map(SessionInfo).collect())
    }

    /// Ends one session, by the id from [`LogtoUser::session_id()`](crate::LogtoUser::session_id) or from an
    /// [event](crate::Event). Its cookies are no longer accepted. The caller must check that the user is
    /// authorized to end this session. It is not an error if the session does not exist.
    ///
    /// If this process or the store has the refresh token, this function revokes it at Logto, which takes at
    /// most two seconds. A failure is logged. The session at Logto does not end.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] (503 as the response of a handler) if the session could not be deleted from the store.
    /// The session has nevertheless ended in this process.
    pub async fn end(&self, session: &SessionId) -> Result<(), Error> {
        let sessions = self.client.sessions();
        let over = sessions.end_by_id(session).await?;
        sessions.revoke(over).await;
        Ok(())
    }

    /// Ends every session of a user whose sign-in was before the end of the current second, including the
    /// session of the current request. `sub` is the user's [id](crate::LogtoUser::id).
    ///
    /// Refresh tokens are revoked as by [`end`](Self::end). The sessions at Logto do not end, so the next
    /// sign-in may need no password.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] (503 as the response of a handler) if the sessions could not be deleted from the store.
    /// The sessions have nevertheless ended in this process.
    pub async fn end_all_of(&self, sub: &str) -> Result<(), Error> {
        let sessions = self.client.sessions();
        let over = sessions.end_by_sub(sub, self.client.clock().now()).await?;
        sessions.revoke(over).await;
        Ok(())
    }
}

impl SessionInfo {
    /// The session's public id, for [`end()`](SessionControl::end).
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// When the user signed in.
    pub fn signed_in_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.signed_in_at)
    }

    /// When the session was last used, to within one minute.
    pub fn last_seen(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.last_seen)
    }

    /// The client's address at the sign-in, according to Rocket's [`client_ip()`](rocket::Request::client_ip).
    /// Behind a proxy, set Rocket's `ip_header`.
    pub fn address(&self) -> Option<IpAddr> {
        self.0.origin.as_ref()?.address
    }

    /// The `User-Agent` of the browser at the sign-in, at most 256 characters. The browser chose
    /// the text, so a template must escape it.
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
