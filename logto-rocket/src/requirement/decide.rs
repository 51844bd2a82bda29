//! Decides a requirement for a user: by the claims, and by what else must be asked.

use std::time::Duration;

use rocket::Request;

use super::answer::Answer;
use super::facts::{Facts, Question};
use super::organization::Organization;
use super::token_facts::TokenFacts;
use super::user_facts::UserFacts;
use super::{Audience, Tree};
use crate::error::Refusal;
use crate::events::Event;
use crate::oidc::{Issuer, RequiredAudience, VerifiedToken};
use crate::user::{LogtoUser, is_organization_id};

/// Whether a user meets the requirement in a request, whose path may name organizations. If so, this is
/// the id of the organization that the whole requirement is about, if it is about one.
///
/// # Errors
///
/// [`Refusal::NoOrganization`] if a segment of the path is not the id of an organization, and those of
/// [`decide`].
pub(crate) async fn decide_for_request(
    tree: Tree,
    user: &LogtoUser,
    request: &Request<'_>,
) -> Result<Option<String>, Refusal> {
    let mut facts = UserFacts::new(user, tree, segments(request, tree)?);
    judge(tree, &mut facts, user, Some(request)).await?;
    Ok(facts.organization().map(ToOwned::to_owned))
}

/// Whether the program that presents this token meets the requirement in a request. If so, this is the
/// id of the organization that the whole requirement is about, if it is about one.
///
/// # Errors
///
/// [`Refusal::InvalidToken`] if the token is for another API or organization, [`Refusal::NoOrganization`] if
/// a segment of the path is not the id of an organization, [`Refusal::InsufficientScope`] if the requirement
/// is not met, and [`Refusal::TokenTooOld`] if a newer sign-in would meet it.
pub(crate) async fn decide_for_program(
    tree: Tree,
    token: &VerifiedToken,
    request: &Request<'_>,
    issuer: &Issuer,
) -> Result<Option<String>, Refusal> {
    let organization = match tree.accepts().audience() {
        Some(audience) => check_audience(audience, token, request).await?,
        None => return Err(Refusal::NoToken),
    };
    let mut facts = TokenFacts::new(token, issuer.clock().now(), issuer.clock_skew().as_secs());
    let mut answer = settle_token(tree, &mut facts).await;
    if answer == Answer::Met {
        return Ok(organization);
    }
    if let Some(seconds) = tree.max_age() {
        facts.assume_fresh();
        answer = settle_token(tree, &mut facts).await;
        if answer == Answer::Met {
            return Err(Refusal::TokenTooOld { max_age: Duration::from_secs(seconds) });
        }
    }
    Err(Refusal::InsufficientScope {
        required: tree.unmet(&facts).to_string(),
        scopes: scopes_to_ask_for(tree, token),
    })
}

/// The scopes that a program should ask for to get further. The result is empty if the token already has them
/// all, because a client would otherwise ask for the same scopes again and again.
fn scopes_to_ask_for(tree: Tree, token: &VerifiedToken) -> String {
    let scopes: Vec<_> = tree.helpful_scopes().into_iter().collect();
    let has = |scope: &&str| token.scopes().iter().any(|granted| granted == scope);
    if scopes.iter().all(has) { String::new() } else { scopes.join(" ") }
}

/// Checks that a token is for the audience of a requirement, and answers with the organization in it.
async fn check_audience(
    Audience { resource, organization }: Audience,
    token: &VerifiedToken,
    request: &Request<'_>,
) -> Result<Option<String>, Refusal> {
    let organization = match organization {
        None => None,
        Some(Organization::Id(id)) => Some(id.to_owned()),
        Some(Organization::Segment { index, .. }) => Some(segment(request, index)?),
        Some(Organization::Resolver(resolver)) => {
            let id = (resolver.call)(request).await.filter(|id| is_organization_id(id));
            Some(id.ok_or(Refusal::NoOrganization)?)
        }
    };
    let required = match (resource, &organization) {
        (Some(resource), organization) => {
            RequiredAudience::Resource { uri: resource.uri, organization: organization.as_deref() }
        }
        (None, Some(organization)) => RequiredAudience::Organization(organization),
        (None, None) => return Err(Refusal::NoToken),
    };
    token.check_audience(required).map_err(Refusal::InvalidToken)?;
    Ok(organization)
}

/// Calls, one by one, the functions of the application that can still decide the requirement.
async fn settle_token(tree: Tree, facts: &mut TokenFacts<'_>) -> Answer {
    loop {
        let answer = tree.evaluate(facts);
        if answer != Answer::Unknown {
            return answer;
        }
        let check = tree.questions(facts).into_iter().find_map(|question| match question {
            Question::Check(check) if facts.check(check).is_none() => Some(check),
            _ => None,
        });
        match check {
            Some(check) => facts.ask(check).await,
            None => return answer,
        }
    }
}

/// Whether a user meets the requirement.
///
/// # Errors
///
/// [`Refusal::Denied`] if it is not met or cannot be decided, [`Refusal::Unavailable`] if the
/// decision depends on Logto, which is unreachable, and the refusals that another sign-in resolves.
pub(crate) async fn decide(tree: Tree, user: &LogtoUser) -> Result<(), Refusal> {
    judge(tree, &mut UserFacts::new(user, tree, Vec::new()), user, None).await
}

/// Whether a user's claims alone meet the requirement.
pub(crate) fn is_met_by_claims(tree: Tree, user: &LogtoUser) -> bool {
    tree.evaluate(&UserFacts::new(user, tree, Vec::new())) == Answer::Met
}

async fn judge(
    tree: Tree,
    facts: &mut UserFacts<'_>,
    user: &LogtoUser,
    request: Option<&Request<'_>>,
) -> Result<(), Refusal> {
    let mut answer = settle(tree, facts, request).await?;
    if answer == Answer::Met {
        return Ok(());
    }
    if let Some(seconds) = tree.max_age() {
        facts.assume_fresh();
        answer = settle(tree, facts, request).await?;
        if answer == Answer::Met {
            let max_age = Duration::from_secs(seconds);
            let stays_old = user.session().stays_old(seconds, user.client().clock().now());
            return Err(if stays_old {
                Refusal::SignInStaysOld { max_age }
            } else {
                Refusal::SignInTooOld { max_age }
            });
        }
    }
    if answer == Answer::Unknown {
        if let Some(unavailable) = facts.unavailable() {
            return Err(unavailable);
        }
        if facts.is_from_before(tree) {
            return Err(Refusal::SignInAskedLess);
        }
        let (level, why) = facts.why_unknown();
        log::log!(level, "`{tree}` cannot be decided for {}: {why}", user.id());
    }
    let requirement = tree.to_string();
    user.client().emit(&Event::Denied { sub: user.id().into(), requirement });
    Err(Refusal::Denied(tree.unmet(facts)))
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
    tree.segments().into_iter().map(|index| Ok((index, segment(request, index)?))).collect()
}

/// The id of an organization in a segment of the path.
fn segment(request: &Request<'_>, index: usize) -> Result<String, Refusal> {
    match request.param::<&str>(index) {
        Some(Ok(id)) if is_organization_id(id) => Ok(id.to_owned()),
        _ => Err(Refusal::NoOrganization),
    }
}
