//! Who may come in. [`Authenticated`] is the one place where that is decided.

mod facts;
mod user;

use std::marker::PhantomData;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use self::facts::UserFacts;
pub use self::user::{ClaimsAs, LogtoUser};
use crate::events::Event;
use crate::logto::Logto;
use crate::refusal::Refusal;
use crate::requirement::{Answer, Requirement};
use crate::visit::Visit;

/// The guard that [`#[authenticated]`](crate::authenticated) puts before all other guards of a
/// handler: it succeeds only if somebody is signed in who meets the requirement of `R`.
///
/// It refuses with 401 if nobody is signed in, 403 if the requirement is not met or cannot be
/// decided, and 503 if that depends on Logto, which is out of reach. It never forwards.
pub struct Authenticated<R: Protected>(PhantomData<fn() -> R>);

/// A route with a requirement. [`#[authenticated]`](crate::authenticated) implements it for the
/// type that Rocket declares beside a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of who may come in",
    note = "`#[authenticated]` above the route attribute of a handler says it"
)]
pub trait Protected: Send + Sync + 'static {
    /// Who may come in.
    const REQUIREMENT: Requirement;
    /// Where that is written.
    #[doc(hidden)]
    const PLACE: Place;
}

/// Where a requirement is written.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The handler's name.
    pub name: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// The module.
    pub module: &'static str,
}

#[rocket::async_trait]
impl<'r, R: Protected> FromRequest<'r> for Authenticated<R> {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let decided = decide(request, R::REQUIREMENT).await;
        answer(request, decided.map(|()| Self(PhantomData)))
    }
}

impl<R: Protected> Sentinel for Authenticated<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        if let Some(logto) = Logto::fetch(rocket) {
            logto.register(R::PLACE, R::REQUIREMENT);
        }
        is_detached(rocket, "`#[authenticated]`")
    }
}

/// Whether the user of this request may come in.
async fn decide(request: &Request<'_>, requirement: Requirement) -> Result<(), Refusal> {
    let user = user::of(request)?;
    let mut facts = UserFacts::new(user);
    loop {
        match requirement.evaluate(&facts) {
            Answer::Met => return Ok(()),
            Answer::Refused => break,
            Answer::Unknown => {
                let Some(check) = facts.unanswered(&requirement.checks()) else {
                    let why = facts.why_unknown();
                    log::warn!("`{requirement}` cannot be decided for {}: {why}", user.id());
                    break;
                };
                facts.answer(check).await;
            }
        }
    }
    let requirement = requirement.to_string();
    user.logto().tell(&Event::Denied { sub: user.id().into(), requirement: requirement.clone() });
    Err(Refusal::Denied(requirement))
}

/// What a guard answers, noted for the response: an error has its status, and nothing forwards,
/// for a file server further down would swallow it.
fn answer<T>(request: &Request<'_>, decided: Result<T, Refusal>) -> Outcome<T, Refusal> {
    Visit::of(request).guarded(decided.as_ref().err().cloned());
    match decided {
        Ok(guard) => Outcome::Success(guard),
        Err(refusal) => Outcome::Error((refusal.status(), refusal)),
    }
}

/// Whether the fairing is missing, which a guard cannot do without. Says how to mend it.
fn is_detached(rocket: &Rocket<Ignite>, guard: &str) -> bool {
    let detached = Logto::fetch(rocket).is_none();
    if detached {
        log::error!(
            "{guard} needs the Logto fairing, which is not attached. Attach it: \
             rocket::build().attach(Logto::fairing())"
        );
    }
    detached
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Logto {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match Logto::fetch(request.rocket()) {
            Some(logto) => Outcome::Success(logto),
            None => Outcome::Error((Refusal::NotAttached.status(), Refusal::NotAttached)),
        }
    }
}

impl Sentinel for &Logto {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `&Logto`")
    }
}
