//! The guards. Each answers with an error and never forwards; [`Authenticated`] decides who is
//! authorized.

mod access_token;
mod authenticated;
mod claims_as;
mod client;
mod guarded;
mod registry;
mod user;

use rocket::request::Outcome;
use rocket::{Ignite, Request, Rocket};

pub use self::access_token::AccessToken;
pub use self::authenticated::{Authenticated, Protected};
pub use self::claims_as::ClaimsAs;
pub use self::registry::Place;
pub(crate) use self::registry::Registry;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::request::RequestState;
use crate::user::LogtoUser;

/// What a guard answers, noted for the response: an error has its status, and nothing forwards,
/// for a file server further down would swallow it.
fn answer<T>(state: &RequestState, decided: Result<T, Refusal>) -> Outcome<T, Refusal> {
    state.guarded(decided.as_ref().err().cloned());
    match decided {
        Ok(guard) => Outcome::Success(guard),
        Err(refusal) => Outcome::Error((refusal.status(), refusal)),
    }
}

/// Why a guard refuses that did not get what it needs from Logto. What that was is told in the words
/// of a requirement.
fn refusal(request: &Request<'_>, user: &LogtoUser, error: Error, needed: String) -> Refusal {
    let refusal = Refusal::to(&error, request);
    match refusal {
        Refusal::Denied(_) => {
            let event = Event::Denied { sub: user.id().into(), requirement: needed.clone() };
            user.client().emit(&event);
            return Refusal::Denied(needed);
        }
        Refusal::Unavailable { .. } => user.client().emit(&Event::Undecided { error }),
        Refusal::Misconfigured(_) => log::error!("{error}"),
        _ => {}
    }
    refusal
}

/// Whether the fairing is missing, which a guard cannot do without. Says how to mend it.
fn is_detached(rocket: &Rocket<Ignite>, guard: &str) -> bool {
    let detached = Client::of(rocket).is_none();
    if detached {
        log::error!(
            "{guard} needs the Logto fairing, which is not attached. Attach it: \
             rocket::build().attach(Logto::fairing())"
        );
    }
    detached
}
