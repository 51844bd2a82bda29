//! [`UserFacts`]: the facts about a user by which a requirement is decided.

use rocket::Request;
use serde_json::Value;

use super::Tree;
use super::asks::{is_always_sent, is_elsewhere, scope_of};
use super::check::Check;
use super::facts::{Facts, Question, Target, is_within};
use super::granted::{self, Granted};
use super::organization::Organization;
use crate::error::Refusal;
use crate::names::scope;
use crate::session::TokenTarget;
use crate::user::{LogtoUser, is_organization_id};

/// A user's claims, and the answers of the application and of Logto so far.
pub(super) struct UserFacts<'u> {
    user: &'u LogtoUser,
    /// The organization that the whole requirement is about.
    organization: Option<Organization>,
    segments: Vec<(usize, String)>,
    found: Vec<(&'static str, Option<String>)>,
    checks: Vec<(&'static Check, bool)>,
    granted: Vec<(TokenTarget, Granted)>,
    fresh: bool,
}

impl<'u> UserFacts<'u> {
    /// The facts before any question is asked, with the path segments that name organizations.
    pub fn new(user: &'u LogtoUser, tree: Tree, segments: Vec<(usize, String)>) -> Self {
        Self {
            user,
            organization: tree.accepts().audience().and_then(|audience| audience.organization),
            segments,
            found: Vec::new(),
            checks: Vec::new(),
            granted: Vec::new(),
            fresh: false,
        }
    }

    /// The id of the organization that the whole requirement is about, as far as it is known.
    pub fn organization(&self) -> Option<&str> {
        self.id_of(self.organization.as_ref()?)
    }

    /// From here on every sign-in counts as recent, to find out whether another sign-in would help.
    pub fn assume_fresh(&mut self) {
        self.fresh = true;
    }

    /// Whether a question can be asked and has not been asked yet.
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
                let verdict = check.call.of_user(self.user, self.organization()).await;
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
                    let granted = Granted::of(self.user, audience.clone()).await?;
                    self.granted.push((audience, granted));
                }
            }
        }
        Ok(())
    }

    /// The refusal, if Logto was unreachable.
    pub fn unavailable(&self) -> Option<Refusal> {
        self.granted.iter().find_map(|(_, granted)| match granted {
            Granted::Unavailable(refusal) => Some(refusal.clone()),
            _ => None,
        })
    }

    /// Whether a new sign-in may decide the requirement: it would ask Logto for something that the requirement
    /// needs and that the sign-in of this session did not ask for, or the session would store other claims.
    pub fn is_from_before(&self, tree: Tree) -> bool {
        let (client, asked) = (self.user.client(), &self.user.session().asked);
        let asks = tree.asks();
        let scopes = asks.scopes.iter().filter(|scope| !asked.has_scope(scope));
        let resources = asks.resources.iter().filter(|resource| !asked.has_resource(resource));
        let (now, resources_now) = (client.scopes(), client.resources());
        scopes.into_iter().any(|scope| now.iter().any(|it| it == scope))
            || resources.into_iter().any(|resource| resources_now.iter().any(|it| it == resource))
            || client.sessions().stores_otherwise(self.user.session())
    }

    /// Why a requirement could not be decided, and the remedy. The level is lower if no set-up causes it, but what a
    /// user asks for.
    pub fn why_unknown(&self) -> (log::Level, String) {
        if let Some((resolver, _)) = self.found.iter().find(|(_, id)| id.is_none()) {
            return (log::Level::Debug, format!("`{resolver}` has found no organization"));
        }
        for (audience, granted) in &self.granted {
            match granted {
                Granted::Nothing => return (log::Level::Info, granted::why_denied(audience)),
                Granted::Unknown(why) => return (log::Level::Warn, why.clone()),
                Granted::Scopes(_) | Granted::Unavailable(_) => {}
            }
        }
        let why = match &self.user.client().settings().session.claims {
            Some(kept) => format!(
                "it needs a claim that is not stored (`logto.session.claims` is {}), that Logto \
                 puts into user info only (set `logto.session.user_info`), whose scope is not in \
                 `logto.scopes`, or that Logto sends as another type than it is compared with",
                kept.join(", ")
            ),
            None => "the sign-in did not ask for a scope or resource that it needs (add it to \
                     `logto.scopes` or `logto.resources`), Logto does not know the scope, puts the \
                     claim into user info only (set `logto.session.user_info` and \
                     `logto.session.claims`), or sends it as another type than it is compared with"
                .into(),
        };
        (log::Level::Warn, why)
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

    /// Whether the sign-in asked for everything that Logto requires for this token.
    fn is_asked_for(&self, target: Target) -> bool {
        let asked = &self.user.session().asked;
        target.resource.is_none_or(|resource| asked.has_resource(resource))
            && (target.organization.is_none() || asked.has_scope(scope::ORGANIZATIONS))
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

    /// Whether the absence of a claim is meaningful: the session stores it, the sign-in asked for it, and ID
    /// tokens leave it out for a user who does not have it.
    fn would_be_there(&self, claim: &str) -> bool {
        let session = self.user.session();
        let asked = scope_of(claim).is_none_or(|scope| session.asked.has_scope(scope));
        let is_left_out = !is_elsewhere(claim) && !is_always_sent(claim);
        asked && is_left_out && self.user.client().sessions().has_stored(session, claim)
    }
}

impl Facts for UserFacts<'_> {
    fn role(&self, role: &str) -> Option<bool> {
        self.user.claims().roles.is_some().then(|| self.user.has_role(role))
    }

    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> Option<bool>) -> Option<bool> {
        let (claims, first) = (self.user.claims(), path.first()?);
        match claims.at(path) {
            Some(claim) => fits(claim),
            None if path.len() > 1 && claims.all().contains_key(&path.join(".")) => None,
            // Logto sends `null` for some claims that a user does not have. If an object is present, a missing
            // member of it is known to be absent.
            None if claims.all().contains_key(*first) => Some(false),
            None => self.would_be_there(first).then_some(false),
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
            None => match self.granted_to(&self.audience(Target::of(organization))?)? {
                Granted::Scopes(_) => Some(true),
                Granted::Nothing | Granted::Unavailable(_) | Granted::Unknown(_) => None,
            },
        }
    }

    fn organization_role(&self, organization: &'static Organization, role: &str) -> Option<bool> {
        let id = self.id_of(organization)?;
        let is_known = self.user.claims().organization_roles.is_some();
        is_known.then(|| self.user.organization_roles(id).contains(&role))
    }

    fn scope(&self, target: Target, scope: &str) -> Option<bool> {
        let asked = self.user.session().asked.has_scope(scope);
        match self.granted_to(&self.audience(target)?)? {
            Granted::Scopes(scopes) if scopes.iter().any(|granted| granted == scope) => Some(true),
            Granted::Scopes(_) if asked => Some(false),
            _ => None,
        }
    }

    fn is_denied(&self, target: Target) -> bool {
        let audience = self.audience(target);
        let granted = audience.and_then(|audience| self.granted_to(&audience));
        matches!(granted, Some(Granted::Nothing))
    }

    fn is_machine(&self) -> Option<bool> {
        Some(false)
    }

    fn signed_in_within(&self, seconds: u64) -> Option<bool> {
        if self.fresh {
            return Some(true);
        }
        let client = self.user.client();
        let now = client.clock().now();
        let latest = now.saturating_add(client.settings().connection.clock_skew.as_secs());
        is_within(seconds, self.user.claims().auth_time, now, latest)
    }
}
