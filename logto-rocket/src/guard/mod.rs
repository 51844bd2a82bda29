//! Who may come in. [`Authenticated`] is the one place where that is decided.

mod facts;
mod guarded;
mod known;
mod token;
mod token_claims;
mod user;
mod user_tokens;

use std::marker::PhantomData;
use std::time::Duration;

use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel};

use self::facts::{UserFacts, is_organization_id};
pub(crate) use self::known::Known;
pub use self::token::{AccessToken, Token};
pub use self::token_claims::TokenClaims;
pub(crate) use self::user::of as user_of;
pub use self::user::{ClaimsAs, LogtoUser};
use crate::error::Error;
use crate::events::Event;
use crate::logto::Logto;
use crate::refusal::Refusal;
use crate::requirement::{Answer, Requirement, Tree, needs};
use crate::visit::Visit;

/// The guard that [`#[authenticated]`](crate::authenticated) puts before all other guards of a
/// handler: it succeeds only if somebody is signed in who meets the requirement of `R`.
///
/// It refuses with 401 if nobody is signed in or another sign-in is needed, 403 if the requirement
/// is not met or cannot be decided, 404 if the path names no organization, and 503 if the answer
/// depends on Logto, which is out of reach. It never forwards.
pub struct Authenticated<R: Protected>(PhantomData<fn() -> R>);

/// A route with a requirement. [`#[authenticated]`](crate::authenticated) implements it for the
/// type that Rocket declares beside a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of who may come in",
    note = "`#[authenticated]` above the route attribute of a handler says it"
)]
pub trait Protected: Send + Sync + 'static {
    /// Who may come in.
    const REQUIREMENT: Requirement<needs::Request>;
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
    /// The method in the route attribute.
    pub method: &'static str,
    /// The path and query in the route attribute.
    pub uri: &'static str,
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
        let visit = Visit::of(request);
        let decided = decide(request, visit, R::REQUIREMENT.tree()).await;
        answer(visit, decided.map(|()| Self(PhantomData)))
    }
}

impl<R: Protected> Sentinel for Authenticated<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        if let Some(logto) = Logto::fetch(rocket) {
            logto.register(R::PLACE, R::REQUIREMENT.tree());
        }
        is_detached(rocket, "`#[authenticated]`")
    }
}

/// Whether the user of this request may come in.
async fn decide(request: &Request<'_>, visit: &Visit, tree: Tree) -> Result<(), Refusal> {
    let user = user::of(request, visit).await?;
    if tree.is_empty() {
        return Ok(());
    }
    let segments = segments(request, tree)?;
    match judge(user, tree, Some(request), UserFacts::new(user, segments)).await {
        // A sign-in that was just made for this did not help, so another one will not either.
        Err(Refusal::SignInTooOld { max_age }) if comes_from_a_fresh_sign_in(request, user) => {
            Err(Refusal::SignInStaysOld { max_age })
        }
        decided => decided,
    }
}

/// Whether a user may come in, by these facts and what more can be asked.
async fn judge(
    user: &LogtoUser,
    tree: Tree,
    request: Option<&Request<'_>>,
    mut facts: UserFacts<'_>,
) -> Result<(), Refusal> {
    let mut answer = settle(tree, &mut facts, request).await?;
    if answer == Answer::Met {
        return Ok(());
    }
    if let Some(seconds) = tree.max_age() {
        facts.assume_fresh();
        answer = settle(tree, &mut facts, request).await?;
        if answer == Answer::Met {
            return Err(Refusal::SignInTooOld { max_age: Duration::from_secs(seconds) });
        }
    }
    if answer == Answer::Unknown {
        if let Some(unavailable) = facts.unavailable() {
            return Err(unavailable);
        }
        if facts.is_from_before(tree) {
            return Err(Refusal::SignInAskedLess);
        }
        let why = facts.why_unknown();
        log::warn!("`{tree}` cannot be decided for {}: {why}", user.id());
    }
    let requirement = tree.to_string();
    user.logto().tell(&Event::Denied { sub: user.id().into(), requirement });
    Err(Refusal::Denied(tree.unmet(&facts)))
}

/// Whether a user's claims alone let them in.
fn is_met_by_claims(user: &LogtoUser, tree: Tree) -> bool {
    tree.evaluate(&UserFacts::new(user, Vec::new())) == Answer::Met
}

/// Asks, one by one, what can still decide.
async fn settle(
    tree: Tree,
    facts: &mut UserFacts<'_>,
    request: Option<&Request<'_>>,
) -> Result<Answer, Refusal> {
    loop {
        let answer = tree.evaluate(facts);
        if answer != Answer::Unknown {
            return Ok(answer);
        }
        let question = tree.questions(facts).into_iter().find(|question| facts.is_open(question));
        match question {
            // In a box, because it is large, and what claims tell needs no asking.
            Some(question) => Box::pin(facts.ask(question, request)).await?,
            None => return Ok(answer),
        }
    }
}

/// The segments of the path that name organizations. One that cannot be the id of an organization
/// names nothing, so there is nothing at this path.
fn segments(request: &Request<'_>, tree: Tree) -> Result<Vec<(usize, String)>, Refusal> {
    let read = |index| match request.param::<&str>(index) {
        Some(Ok(id)) if is_organization_id(id) => Ok((index, id.to_owned())),
        _ => Err(Refusal::NoOrganization),
    };
    tree.segments().into_iter().map(read).collect()
}

fn comes_from_a_fresh_sign_in(request: &Request<'_>, user: &LogtoUser) -> bool {
    user.logto().keeper().cookies().flows(request).has_fresh()
}

/// What a guard answers, noted for the response: an error has its status, and nothing forwards,
/// for a file server further down would swallow it.
fn answer<T>(visit: &Visit, decided: Result<T, Refusal>) -> Outcome<T, Refusal> {
    visit.guarded(decided.as_ref().err().cloned());
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
            user.logto().tell(&event);
            return Refusal::Denied(needed);
        }
        Refusal::Unavailable { .. } => user.logto().tell(&Event::Undecided { error }),
        Refusal::Misconfigured(_) => log::error!("{error}"),
        _ => {}
    }
    refusal
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
