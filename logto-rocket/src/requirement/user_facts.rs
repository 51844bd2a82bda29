//! [`UserFacts`]: the facts about a user by which a requirement is decided.

use rocket::Request;
use serde_json::Value;

use super::Tree;
use super::asks::{is_elsewhere, scope_of};
use super::check::Check;
use super::facts::{Facts, Question, Target, is_within};
use super::organization::Organization;
use crate::error::{Error, Refusal};
use crate::events::Event;
use crate::names::{claim, scope};
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

/// Logto's answer to a request for an access token.
enum Granted {
    /// These scopes.
    Scopes(Vec<String>),
    /// Logto denies the user this token.
    Nothing,
    /// Logto did not say.
    Unavailable(Refusal),
    /// Logto cannot answer until the described error is fixed.
    Unknown(String),
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
                    let granted = self.fetch(audience.clone()).await?;
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

    /// Whether a new sign-in would ask Logto for something that the requirement needs and that the
    /// sign-in of this session did not ask for.
    pub fn is_from_before(&self, tree: Tree) -> bool {
        let (client, asked) = (self.user.client(), &self.user.session().asked);
        let asks = tree.asks();
        let scopes = asks.scopes.iter().filter(|scope| !asked.has_scope(scope));
        let resources = asks.resources.iter().filter(|resource| !asked.has_resource(resource));
        let (now, resources_now) = (client.scopes(), client.resources());
        scopes.into_iter().any(|scope| now.iter().any(|it| it == scope))
            || resources.into_iter().any(|resource| resources_now.iter().any(|it| it == resource))
    }

    /// Why a requirement could not be decided, and the remedy.
    pub fn why_unknown(&self) -> String {
        let said = self.granted.iter().find_map(|(_, granted)| match granted {
            Granted::Unknown(why) => Some(why.clone()),
            _ => None,
        });
        if let Some(why) = said {
            return why;
        }
        match &self.user.client().settings().session.claims {
            Some(kept) => format!(
                "it needs a claim that is not stored (`logto.session.claims` is {}), that Logto \
                 puts into user info only (set `logto.session.user_info`), or whose scope is not in \
                 `logto.scopes`",
                kept.join(", ")
            ),
            None => "the sign-in did not ask for a scope or resource that it needs (add it to \
                     `logto.scopes` or `logto.resources`), or Logto puts the claim into user info \
                     only (set `logto.session.user_info` and `logto.session.claims`)"
                .into(),
        }
    }

    async fn fetch(&self, audience: TokenTarget) -> Result<Granted, Refusal> {
        let sessions = self.user.client().sessions();
        let answer = sessions.granted_scopes(self.user.session(), audience.clone()).await;
        Ok(match answer {
            Ok(scopes) => Granted::Scopes(scopes),
            Err(Error::Refused { code, .. })
                if code == "invalid_target" || code == "insufficient_scope" =>
            {
                Granted::Unknown(format!(
                    "Logto answered `{code}`; check that the resource {:?} and its scopes are \
                     registered there",
                    audience.resource.as_deref().unwrap_or("of organizations")
                ))
            }
            Err(error @ Error::NoRefreshToken) => Granted::Unknown(error.to_string()),
            Err(error) => match Refusal::from(&error) {
                Refusal::Denied(_) => Granted::Nothing,
                refusal @ Refusal::Unavailable { .. } => {
                    self.user.client().emit(&Event::Undecided { error });
                    Granted::Unavailable(refusal)
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

    /// Whether the absence of a claim is meaningful: the session stores it, the sign-in asked for
    /// it, and ID tokens contain it.
    fn would_be_there(&self, claim: &str) -> bool {
        let asked = scope_of(claim).is_none_or(|scope| self.user.session().asked.has_scope(scope));
        asked && !is_elsewhere(claim) && self.user.client().sessions().stores_claim(claim)
    }
}

impl Facts for UserFacts<'_> {
    fn role(&self, role: &str) -> Option<bool> {
        match &self.user.claims().roles {
            Some(_) => Some(self.user.has_role(role)),
            None => self.would_be_there(claim::ROLES).then_some(false),
        }
    }

    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> bool) -> Option<bool> {
        match self.user.claims().at(path) {
            Some(claim) => Some(fits(claim)),
            // If the object is present, a missing member of it is known to be absent.
            None if self.user.claims().at(path.get(..1)?).is_some() => Some(false),
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
            None if self.would_be_there(claim::ORGANIZATIONS) => Some(false),
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
            None => self.would_be_there(claim::ORGANIZATION_ROLES).then_some(false),
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
