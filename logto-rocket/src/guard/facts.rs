//! [`UserFacts`]: what is known of a user when a requirement is judged.

use std::time::Duration;

use rocket::Request;
use serde_json::Value;

use super::LogtoUser;
use crate::error::Error;
use crate::events::Event;
use crate::refusal::Refusal;
use crate::requirement::{
    Check, Facts, ORGANIZATIONS, Organization, Question, Target, Tree, is_elsewhere, scope_of,
};
use crate::session::TokenTarget;

/// What a user's claims say, and what the application and Logto have answered so far.
pub(super) struct UserFacts<'u> {
    user: &'u LogtoUser,
    segments: Vec<(usize, String)>,
    found: Vec<(&'static str, Option<String>)>,
    checks: Vec<(&'static Check, bool)>,
    granted: Vec<(TokenTarget, Granted)>,
    fresh: bool,
}

/// What Logto said to a request for an access token.
enum Granted {
    /// These scopes.
    Scopes(Vec<String>),
    /// The user may not have such a token.
    Nothing,
    /// Logto did not say.
    Unavailable(Option<Duration>),
    /// Logto cannot say, as long as nobody mends what this tells.
    Unknown(String),
}

impl<'u> UserFacts<'u> {
    /// The facts before anything is asked, with the segments of the path that name organizations.
    pub fn new(user: &'u LogtoUser, segments: Vec<(usize, String)>) -> Self {
        Self {
            user,
            segments,
            found: Vec::new(),
            checks: Vec::new(),
            granted: Vec::new(),
            fresh: false,
        }
    }

    /// From here on every sign-in counts as fresh: what would be if the user signed in again?
    pub fn assume_fresh(&mut self) {
        self.fresh = true;
    }

    /// Whether a question has not been asked yet, and can be.
    pub fn is_open(&self, question: &Question) -> bool {
        match question {
            Question::Resolver(resolver) => self.found(resolver.name).is_none(),
            Question::Check(check) => self.check(check).is_none(),
            Question::Token(target) => self.audience(*target).is_some_and(|audience| {
                self.is_asked_for(*target) && self.granted_to(&audience).is_none()
            }),
        }
    }

    /// Asks the application or Logto.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotSignedIn`] if Logto says that the session is over.
    pub async fn ask(
        &mut self,
        question: Question,
        request: Option<&Request<'_>>,
    ) -> Result<(), Refusal> {
        match question {
            Question::Check(check) => {
                let verdict = (check.call)(self.user).await;
                self.checks.push((check, verdict));
            }
            Question::Resolver(resolver) => {
                let id = match request {
                    Some(request) => (resolver.call)(request).await,
                    None => None,
                };
                self.found.push((resolver.name, id.filter(|id| is_organization_id(id))));
            }
            Question::Token(target) => {
                if let Some(audience) = self.audience(target) {
                    let granted = self.fetch(audience.clone()).await?;
                    self.granted.push((audience, granted));
                }
            }
        }
        Ok(())
    }

    /// The refusal, if Logto was out of reach when it was asked.
    pub fn unavailable(&self) -> Option<Refusal> {
        self.granted.iter().find_map(|(_, granted)| match granted {
            Granted::Unavailable(retry_after) => {
                Some(Refusal::Unavailable { retry_after: *retry_after })
            }
            _ => None,
        })
    }

    /// Whether a sign-in from now on would ask Logto for more that the requirement needs than the
    /// one of this session did.
    pub fn is_from_before(&self, tree: Tree) -> bool {
        let (logto, asked) = (self.user.logto(), &self.user.session().asked);
        let asks = tree.asks();
        let scopes = asks.scopes.iter().filter(|scope| !asked.has_scope(scope));
        let resources = asks.resources.iter().filter(|resource| !asked.has_resource(resource));
        let (now, resources_now) = (logto.scopes(), logto.resources());
        scopes.into_iter().any(|scope| now.iter().any(|it| it == scope))
            || resources.into_iter().any(|resource| resources_now.iter().any(|it| it == resource))
    }

    /// Why something could not be decided, and what to do about it.
    pub fn why_unknown(&self) -> String {
        let said = self.granted.iter().find_map(|(_, granted)| match granted {
            Granted::Unknown(why) => Some(why.clone()),
            _ => None,
        });
        if let Some(why) = said {
            return why;
        }
        match &self.user.logto().settings().session.claims {
            Some(kept) => format!(
                "a claim that it needs is not kept (`logto.session.claims` keeps {}), Logto does \
                 not put it into ID tokens, or its scope is not in `logto.scopes`",
                kept.join(", ")
            ),
            None => "the sign-in did not ask for a scope or resource that it needs (add it to \
                     `logto.scopes` or `logto.resources`), or Logto does not put the claim into \
                     ID tokens"
                .into(),
        }
    }

    async fn fetch(&self, audience: TokenTarget) -> Result<Granted, Refusal> {
        let sessions = self.user.logto().keeper();
        let answer = sessions.granted_scopes(self.user.session(), audience.clone()).await;
        Ok(match answer {
            Ok(scopes) => Granted::Scopes(scopes),
            Err(Error::Refused { code, .. })
                if code == "invalid_target" || code == "insufficient_scope" =>
            {
                Granted::Unknown(format!(
                    "Logto answered `{code}`; are the resource {:?} and its scopes registered there?",
                    audience.resource.as_deref().unwrap_or("of organizations")
                ))
            }
            Err(error @ Error::NoRefreshToken) => Granted::Unknown(error.to_string()),
            Err(error) => match Refusal::from(&error) {
                Refusal::Denied(_) => Granted::Nothing,
                Refusal::Unavailable { retry_after } => {
                    self.user.logto().tell(&Event::Undecided { error });
                    Granted::Unavailable(retry_after)
                }
                refusal => return Err(refusal),
            },
        })
    }

    fn audience(&self, target: Target) -> Option<TokenTarget> {
        let organization = match target.organization {
            None => None,
            Some(organization) => Some(self.id_of(organization)?.to_owned()),
        };
        Some(TokenTarget { resource: target.resource.map(ToOwned::to_owned), organization })
    }

    fn granted_to(&self, audience: &TokenTarget) -> Option<&Granted> {
        self.granted.iter().find(|(known, _)| known == audience).map(|(_, granted)| granted)
    }

    /// Whether the sign-in asked for what Logto gives such a token for.
    fn is_asked_for(&self, target: Target) -> bool {
        let asked = &self.user.session().asked;
        target.resource.is_none_or(|resource| asked.has_resource(resource))
            && (target.organization.is_none() || asked.has_scope(ORGANIZATIONS))
    }

    fn id_of(&self, organization: &Organization) -> Option<&str> {
        match organization {
            Organization::Id(id) => Some(id),
            Organization::Segment { index, .. } => {
                let segment = self.segments.iter().find(|(known, _)| known == index);
                segment.map(|(_, id)| id.as_str())
            }
            Organization::Resolver(resolver) => self.found(resolver.name)?.as_deref(),
        }
    }

    fn found(&self, resolver: &str) -> Option<&Option<String>> {
        self.found.iter().find(|(name, _)| *name == resolver).map(|(_, id)| id)
    }

    /// Whether the absence of a claim means anything: it is kept, it was asked for, and ID tokens
    /// have it.
    fn would_be_there(&self, claim: &str) -> bool {
        let asked = scope_of(claim).is_none_or(|scope| self.user.session().asked.has_scope(scope));
        asked && !is_elsewhere(claim) && self.user.logto().keeper().stores_claim(claim)
    }
}

impl Facts for UserFacts<'_> {
    fn role(&self, role: &str) -> Option<bool> {
        match &self.user.claims().roles {
            Some(_) => Some(self.user.has_role(role)),
            None => self.would_be_there("roles").then_some(false),
        }
    }

    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> bool) -> Option<bool> {
        match self.user.claims().at(path) {
            Some(claim) => Some(fits(claim)),
            None => self.would_be_there(path.first()?).then_some(false),
        }
    }

    fn check(&self, check: &'static Check) -> Option<bool> {
        let asked = self.checks.iter().find(|(asked, _)| std::ptr::eq(*asked, check));
        asked.map(|(_, verdict)| *verdict)
    }

    fn member(&self, organization: &'static Organization) -> Option<bool> {
        let id = self.id_of(organization)?;
        match &self.user.claims().organizations {
            Some(all) => Some(all.iter().any(|known| known == id)),
            None if self.would_be_there("organizations") => Some(false),
            None => match self.granted_to(&self.audience(Target::of(organization))?)? {
                Granted::Scopes(_) => Some(true),
                Granted::Nothing => Some(false),
                Granted::Unavailable(_) | Granted::Unknown(_) => None,
            },
        }
    }

    fn organization_role(&self, organization: &'static Organization, role: &str) -> Option<bool> {
        let id = self.id_of(organization)?;
        match &self.user.claims().organization_roles {
            Some(_) => Some(self.user.organization_roles(id).contains(&role)),
            None => self.would_be_there("organization_roles").then_some(false),
        }
    }

    fn scope(&self, target: Target, scope: &str) -> Option<bool> {
        let asked = self.user.session().asked.has_scope(scope);
        match self.granted_to(&self.audience(target)?)? {
            Granted::Scopes(scopes) if scopes.iter().any(|granted| granted == scope) => Some(true),
            Granted::Scopes(_) if asked => Some(false),
            Granted::Nothing => Some(false),
            Granted::Scopes(_) | Granted::Unavailable(_) | Granted::Unknown(_) => None,
        }
    }

    fn signed_in_within(&self, seconds: u64) -> Option<bool> {
        let logto = self.user.logto();
        let now = logto.clock().now();
        let latest = now.saturating_add(logto.settings().clock_skew.as_secs());
        let is_fresh = |at| at <= latest && now.saturating_sub(at) <= seconds;
        Some(self.fresh || self.user.claims().auth_time.is_some_and(is_fresh))
    }
}

/// Whether this can be the id of an organization at Logto.
pub(super) fn is_organization_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic())
}
