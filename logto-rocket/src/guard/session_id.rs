//! [`SessionId`] as a segment of a path.

use rocket::request::FromParam;

use crate::session_id::{NotASessionId, SessionId};

/// `<id>` in a route: another text forwards the request, which Rocket answers with 422.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Error, Logto, LogtoUser, SessionId, authenticated};
///
/// #[authenticated]
/// #[post("/account/sessions/<id>/end")]
/// async fn end(logto: &Logto, user: &LogtoUser, id: SessionId) -> Result<(), Error> {
///     let sessions = logto.sessions();
///     if sessions.of(user.id()).await?.iter().any(|session| *session.id() == id) {
///         sessions.end(&id).await?;
///     }
///     Ok(())
/// }
/// ```
impl FromParam<'_> for SessionId {
    type Error = NotASessionId;

    fn from_param(param: &str) -> Result<Self, NotASessionId> {
        param.parse()
    }
}
