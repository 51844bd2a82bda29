//! [`SessionControl`]: the end of sessions, whoever's they are.

use super::Logto;
use crate::error::Error;
use crate::session::SessionId;

/// The sessions of this application; [`Logto::sessions()`] gives it.
///
/// What ends here ends in this process at once. With sessions in cookies another process believes
/// them until `session.revalidate_after` has passed since Logto last confirmed them.
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

impl<'l> SessionControl<'l> {
    pub(super) fn new(logto: &'l Logto) -> Self {
        Self { logto }
    }

    /// Ends one session, by the id that [`LogtoUser::session_id()`](crate::LogtoUser::session_id)
    /// and the [events](crate::Event) tell. No cookie of it is believed from now on. It is for the
    /// caller to know that whoever wants it may end this session; one that does not exist is no
    /// error.
    ///
    /// The refresh token, where this process knows it, is revoked at Logto, which takes two seconds
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
