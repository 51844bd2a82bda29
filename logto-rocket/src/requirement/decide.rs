//! Decides a requirement for a user: by the claims, and by what else must be asked.

use std::time::Duration;

use rocket::Request;

use super::Tree;
use super::answer::Answer;
use super::user_facts::UserFacts;
use crate::error::Refusal;
use crate::events::Event;
use crate::user::{LogtoUser, is_organization_id};

/// Whether a user meets the requirement in a request, whose path may name organizations.
///
/// # Errors
///
/// [`Refusal::NoOrganization`] if a segment of the path is not the id of an organization, and those of
/// [`decide`].
pub(crate) async fn decide_for_request(
    tree: Tree,
    user: &LogtoUser,
    request: &Request<'_>,
) -> Result<(), Refusal> {
    let segments = segments(request, tree)?;
    judge(tree, UserFacts::new(user, segments), user, Some(request)).await
}

/// Whether a user meets the requirement.
///
/// # Errors
///
/// [`Refusal::Denied`] if it is not met or cannot be decided, [`Refusal::Unavailable`] if the
/// decision depends on Logto, which is unreachable, and the refusals that another sign-in resolves.
pub(crate) async fn decide(tree: Tree, user: &LogtoUser) -> Result<(), Refusal> {
    judge(tree, UserFacts::new(user, Vec::new()), user, None).await
}

/// Whether a user's claims alone meet the requirement.
pub(crate) fn is_met_by_claims(tree: Tree, user: &LogtoUser) -> bool {
    tree.evaluate(&UserFacts::new(user, Vec::new())) == Answer::Met
}

async fn judge(
    tree: Tree,
    mut facts: UserFacts<'_>,
    user: &LogtoUser,
    request: Option<&Request<'_>>,
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
    user.client().emit(&Event::Denied { sub: user.id().into(), requirement });
    Err(Refusal::Denied(tree.unmet(&facts)))
}

/// Asks, one by one, the questions that can still decide the requirement.
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
            // Boxed, because the future is large and claims alone usually decide.
            Some(question) => Box::pin(facts.ask(question, request)).await?,
            None => return Ok(answer),
        }
    }
}

/// The path segments that name organizations. If a segment cannot be the id of an organization, the
/// path does not exist.
fn segments(request: &Request<'_>, tree: Tree) -> Result<Vec<(usize, String)>, Refusal> {
    let read = |index| match request.param::<&str>(index) {
        Some(Ok(id)) if is_organization_id(id) => Ok((index, id.to_owned())),
        _ => Err(Refusal::NoOrganization),
    };
    tree.segments().into_iter().map(read).collect()
}
