//! The guards. Each answers with an error and never forwards; [`Authenticated`] decides who is
//! authorized.

mod access_token;
mod authenticated;
mod bearer;
mod caller;
mod claims_as;
mod client;
mod guarded;
mod readiness;
mod registry;
mod session_id;
#[cfg(all(test, feature = "testing"))]
mod tests;
mod user;

use rocket::request::Outcome;
use rocket::{Ignite, Phase, Request, Rocket};

pub use self::access_token::AccessToken;
pub use self::authenticated::{Authenticated, Protected};
pub use self::claims_as::ClaimsAs;
pub(crate) use self::guarded::{handler, requirements};
pub use self::registry::Place;
pub(crate) use self::registry::Registry;
use crate::client::Client;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::request::RequestState;
use crate::resource_server::ResourceServer;
use crate::trace::Span;
use crate::user::LogtoUser;

/// What a guard requires that needs a user and nothing else, as that requirement displays.
const SIGNED_IN: &str = "signed in";

/// Records in the span of a decision what was decided.
fn note<T>(span: &Span, decided: &Result<T, Refusal>) {
    span.outcome(decided.as_ref().err().map_or("granted", Refusal::code));
}

/// The outcome of a guard, recorded for the response and in its span. A refusal is an error with its status and
/// never forwards, because a file server could answer a forwarded request.
fn answer<T>(
    state: &RequestState,
    span: &Span,
    decided: Result<T, Refusal>,
) -> Outcome<T, Refusal> {
    note(span, &decided);
    state.guarded(decided.as_ref().err().cloned());
    match decided {
        Ok(guard) => Outcome::Success(guard),
        Err(refusal) => Outcome::Error((refusal.status(), refusal)),
    }
}

/// The same of a guard for access tokens.
fn answer_program<T>(
    state: &RequestState,
    span: &Span,
    decided: Result<T, Refusal>,
) -> Outcome<T, Refusal> {
    note(span, &decided);
    state.token_guarded(decided.as_ref().err().cloned());
    match decided {
        Ok(guard) => Outcome::Success(guard),
        Err(refusal) => Outcome::Error((refusal.status(), refusal)),
    }
}

/// The refusal of a guard that did not get what it needs from Logto. The needed item is described
/// in the syntax of a requirement.
fn refusal(request: &Request<'_>, user: &LogtoUser, error: Error, needed: String) -> Refusal {
    let refusal = Refusal::to(&error, request);
    match refusal {
        Refusal::Denied(_) => {
            let event = Event::Denied { sub: user.id().into(), requirement: needed.clone() };
            user.client().emit(&event);
            return Refusal::Denied(needed.into());
        }
        Refusal::Unavailable { .. } => user.client().emit(&Event::Undecided { error }),
        Refusal::Misconfigured(_) => log::error!("{error}"),
        _ => {}
    }
    refusal
}

/// Whether the fairing is missing that the guard of a parameter needs. If it is attached, the launch lists
/// the parameter with its `purpose`.
fn is_detached_parameter(rocket: &Rocket<Ignite>, guard: &str, purpose: Option<&str>) -> bool {
    if let Some(registry) = rocket.state::<Registry>() {
        let purpose = purpose.map(|purpose| format!(" for {purpose}")).unwrap_or_default();
        registry.note_parameter(format!("`{guard}`{purpose}"));
    }
    is_detached(rocket, &format!("the guard `{guard}`"))
}

/// Whether the fairing is missing, which every guard for sessions needs. Logs how to fix it.
pub(crate) fn is_detached<P: Phase>(rocket: &Rocket<P>, guard: &str) -> bool {
    let detached = Client::of(rocket).is_none();
    if detached && ResourceServer::of(rocket).is_some() {
        log::error!(
            "{guard} needs sessions, and `Logto::resource_server()` has none. Attach \
             `Logto::fairing()` instead, or require `bearer` and take `Bearer<R>`."
        );
    } else if detached {
        log::error!(
            "{guard} needs the Logto fairing, which is not attached. Attach it: \
             rocket::build().attach(Logto::fairing())"
        );
    }
    detached
}

/// Whether no fairing is there, which every guard for access tokens needs. Logs how to fix it.
fn is_no_resource_server(rocket: &Rocket<Ignite>, guard: &str) -> bool {
    let missing = ResourceServer::of(rocket).is_none();
    if missing {
        log::error!(
            "{guard} needs a Logto fairing, and none is attached. Attach one: \
             rocket::build().attach(Logto::resource_server()), or `Logto::fairing()` if users \
             also sign in"
        );
    }
    missing
}
