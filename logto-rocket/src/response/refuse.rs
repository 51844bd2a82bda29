//! A [`Refusal`] as the outcome of a guard, and as the error of a handler, of the application's own.

use rocket::Request;
use rocket::http::Status;
use rocket::request::Outcome;
use rocket::response::{self, Responder};

use super::challenge::Challenge;
use crate::error::Refusal;
use crate::request::RequestState;

impl Refusal {
    /// The outcome with which your own guard refuses for this reason. The response has the same page, headers
    /// and problem document as that of a guard of this crate. (With `Outcome::Error` alone, the response is
    /// Rocket's page, because Rocket gives catchers only the status.)
    ///
    /// ```
    /// use logto_rocket::{LogtoUser, Refusal};
    /// use rocket::outcome::try_outcome;
    /// use rocket::request::{FromRequest, Outcome, Request};
    ///
    /// struct Employee;
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for Employee {
    ///     type Error = Refusal;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
    ///         let user = try_outcome!(request.guard::<&LogtoUser>().await);
    ///         match user.email() {
    ///             Some(email) if email.ends_with("@example.com") => Outcome::Success(Self),
    ///             _ => Refusal::Denied("an address of the company".into()).refuse(request),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn refuse<T>(self, request: &Request<'_>) -> Outcome<T, Self> {
        self.note(request);
        Outcome::Error((self.status(), self))
    }

    /// Has the response of this request be about the refusal.
    fn note(&self, request: &Request<'_>) {
        let state = RequestState::of(request);
        if self.is_of_a_session() {
            state.guarded(Some(self.clone()));
        } else {
            state.token_guarded(Some(self.clone()));
        }
    }
}

/// As the error of a handler: the response of a guard that refuses for this reason.
impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        self.note(request);
        match self.status() {
            Status::InternalServerError => Err(Status::InternalServerError),
            _ => Ok(Challenge(self).respond(request)),
        }
    }
}
