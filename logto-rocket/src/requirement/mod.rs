//! [`Requirement`]: the conditions under which a user is authorized.

mod accepts;
mod answer;
mod asks;
mod check;
mod decide;
mod doubts;
mod facts;
mod function;
mod granted;
mod lacks;
mod literal;
pub mod needs;
mod node;
mod organization;
#[cfg(test)]
mod tests;
mod token_facts;
mod user_facts;
mod written;

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

pub use self::accepts::{Accepts, Audience};
use self::answer::Answer;
use self::asks::Asks;
pub use self::check::{Check, CheckFn};
pub(crate) use self::decide::{decide, decide_for_program, decide_for_request, is_met_by_claims};
pub(crate) use self::doubts::SessionsToCome;
use self::facts::{Facts, Question};
pub use self::function::returned;
pub use self::literal::Literal;
pub use self::node::Node;
pub use self::organization::{Organization, Resolver};
pub(crate) use self::written::Written;
use crate::error::Denial;

/// The conditions that a signed-in user, or the access token of a program, must meet. The tree of conditions is
/// known at compile time.
///
/// [`#[authenticated(…)]`](crate::authenticated) applies one to a handler.
/// [`requires!(…)`](crate::requires) makes one as a value, for code without a route attribute:
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{LogtoUser, Refusal, Requirement, requires};
/// use rocket::fs::{FileServer, Options};
///
/// const STAFF: Requirement = requires!(any(role = "staff", role = "admin"));
///
/// #[get("/")]
/// async fn home(user: LogtoUser) -> Result<&'static str, Refusal> {
///     if STAFF.check_claims(&user) {
///         return Ok("the back office");
///     }
///     requires!(check = is_customer).check(&user).await?;
///     Ok("the shop")
/// }
/// # async fn is_customer(_: &LogtoUser) -> bool { true }
/// # fn launch() -> rocket::Rocket<rocket::Build> {
/// rocket::build()
///     .mount("/", routes![home])
///     .mount("/files", STAFF.guard(FileServer::new(".", Options::None)))
/// # }
/// # fn main() {}
/// ```
///
/// `N` says what a decision needs; see [`needs`].
///
/// The `Display` output uses the grammar of the attribute. A condition that cannot be decided, because the
/// session does not store a claim or the sign-in did not ask for it, is *unknown*. An unknown condition refuses
/// the request, also under `not`.
pub struct Requirement<N = needs::Claims> {
    tree: Tree,
    needs: PhantomData<fn() -> N>,
}

/// The conditions of a requirement.
#[derive(Clone, Copy)]
pub(crate) struct Tree {
    accepts: Accepts,
    all: &'static [Node],
}

/// The requirement that a user is signed in for whom all of these conditions hold.
#[doc(hidden)]
pub const fn requirement<N>(all: &'static [Node]) -> Requirement<N> {
    requirement_for(Accepts::Session, all)
}

/// The requirement that all of these conditions hold for who presents this.
#[doc(hidden)]
pub const fn requirement_for<N>(accepts: Accepts, all: &'static [Node]) -> Requirement<N> {
    Requirement { tree: Tree { accepts, all }, needs: PhantomData }
}

impl<N> Requirement<N> {
    pub(crate) fn tree(&self) -> Tree {
        self.tree
    }
}

impl Tree {
    /// What a request must present.
    pub fn accepts(self) -> Accepts {
        self.accepts
    }

    /// Whether every signed-in user meets it.
    pub fn is_empty(self) -> bool {
        self.all.is_empty()
    }

    /// Whether the requirement holds, as far as the facts go.
    pub fn evaluate(self, facts: &impl Facts) -> Answer {
        Answer::all(self.all.iter().map(|node| node.evaluate(facts)))
    }

    /// The conditions that prevent access: those that are not met, or, if there are none, those
    /// that are unknown.
    pub fn unmet(self, facts: &impl Facts) -> Denial {
        let words = |nodes: &[&Node]| nodes.iter().map(ToString::to_string).collect::<Vec<_>>();
        let lacking: Vec<_> = self.all.iter().filter(|node| node.is_lacking(facts)).collect();
        if lacking.is_empty() {
            let unknown = self.all.iter().filter(|node| node.evaluate(facts) == Answer::Unknown);
            return words(&unknown.collect::<Vec<_>>()).join(", ").into();
        }
        Denial::new(words(&lacking).join(", "), lacks::lacks(&lacking, facts))
    }

    /// The questions whose answers can still decide, those to the application first.
    pub fn questions(self, facts: &impl Facts) -> Vec<Question> {
        let mut questions = Vec::new();
        if self.evaluate(facts) == Answer::Unknown {
            self.all.iter().for_each(|node| node.questions(facts, &mut questions));
        }
        questions.sort_by_key(|question| match question {
            Question::Resolver(_) => 0,
            Question::Check(_) => 1,
            Question::Token(_) => 2,
        });
        questions
    }

    /// The segments of the path that name an organization.
    pub fn segments(self) -> Vec<usize> {
        let mut segments = Vec::new();
        self.visit(|node| {
            if let Node::Organization(Organization::Segment { index, .. }) = node {
                segments.push(*index);
            }
        });
        segments
    }

    /// The smallest `max_age` in the requirement, in seconds.
    pub fn max_age(self) -> Option<u64> {
        let mut shortest = None;
        self.visit(|node| {
            if let Node::MaxAge { seconds, .. } = node {
                shortest = Some(shortest.map_or(*seconds, |known: u64| known.min(*seconds)));
            }
        });
        shortest
    }

    /// The scopes and resources that a sign-in must ask for so that this can be decided.
    pub fn asks(self) -> Asks {
        let mut asks = Asks::default();
        if self.accepts.sessions() {
            asks.add_all(self.all);
        }
        asks
    }

    /// The scopes that it names, each once.
    pub fn scopes(self) -> BTreeSet<&'static str> {
        let mut scopes = BTreeSet::new();
        self.visit(|node| {
            if let Node::Scopes { scopes: named, .. } = node {
                scopes.extend(named.iter().copied());
            }
        });
        scopes
    }

    /// The scopes that help to meet it, each once.
    pub fn helpful_scopes(self) -> BTreeSet<&'static str> {
        let mut scopes = BTreeSet::new();
        self.all.iter().for_each(|node| node.add_helpful_scopes(&mut scopes));
        scopes
    }

    /// As it displays, with the URI of each API resource in the place of its type.
    pub fn with_uris(self) -> String {
        format!("{self:#}")
    }

    fn visit(self, mut with: impl FnMut(&'static Node)) {
        self.all.iter().for_each(|node| node.visit(&mut with));
    }
}

impl<N> Clone for Requirement<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Requirement<N> {}

impl<N> fmt::Display for Requirement<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.fmt(f)
    }
}

impl<N> fmt::Debug for Requirement<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requirement({self})")
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all.is_empty() {
            return f.write_str("signed in");
        }
        write!(f, "{}", self.accepts)?;
        node::list(f, self.all)
    }
}
