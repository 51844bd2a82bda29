//! [`ClaimsAs`]: the user's claims as a type of the application.

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};
use serde::de::DeserializeOwned;

use super::{SIGNED_IN, answer, is_detached_parameter};
use crate::error::Refusal;
use crate::request::{RequestState, user_of};
use crate::trace::Span;

/// The user's claims as your own type, like Rocket's `Json<T>`.
///
/// The guard fails with 401 if no user is signed in, and with 403 if the claims cannot be read as a `T`. In
/// Rocket's debug profile the 403 page names the missing claim.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::ClaimsAs;
/// use rocket::serde::Deserialize;
///
/// #[derive(Deserialize)]
/// #[serde(crate = "rocket::serde")]
/// struct Employee { department: String }
///
/// #[get("/desk")]
/// fn desk(employee: ClaimsAs<Employee>) -> String {
///     format!("The desk of {}", employee.0.department)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ClaimsAs<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromRequest<'r> for ClaimsAs<T> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let state = RequestState::of(request);
        let span = Span::decision(SIGNED_IN);
        let claims = span
            .around(user_of(request, state))
            .await
            .and_then(|user| user.claims_as().map_err(|error| Refusal::Claims(error.to_string())));
        answer(state, &span, claims.map(Self))
    }
}

impl<T> Sentinel for ClaimsAs<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached_parameter(rocket, "ClaimsAs", None)
    }
}
