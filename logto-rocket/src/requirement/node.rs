//! [`Node`]: a condition, or a combination of them.

use std::collections::BTreeSet;
use std::fmt;

use super::answer::Answer;
use super::check::Check;
use super::facts::{Facts, Question, Target};
use super::literal::Literal;
use super::organization::Organization;
use crate::resource::Indicator;

/// A condition, or a combination of them. Written by the macros only.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Node {
    /// The user has all of these roles.
    Roles(&'static [&'static str]),
    /// The user's access token has all of these scopes.
    Scopes {
        /// The API resource that they belong to.
        resource: Option<Indicator>,
        /// The organization in which the user has them.
        organization: Option<Organization>,
        /// Their names.
        scopes: &'static [&'static str],
    },
    /// The user is a member of this organization.
    Organization(Organization),
    /// The user has this role in this organization.
    OrganizationRole {
        /// The organization.
        organization: Organization,
        /// The role's name.
        role: &'static str,
    },
    /// The resource of the scopes in the same list; not a condition by itself.
    Resource(Indicator),
    /// An application got its token for itself, so that no user is behind the request.
    Machine,
    /// The user recently entered a password or a factor at Logto.
    MaxAge {
        /// How it was written.
        text: &'static str,
        /// How many seconds ago at most.
        seconds: u64,
    },
    /// A claim has this value, or is a list that contains it.
    Claim {
        /// The names that lead to it.
        path: &'static [&'static str],
        /// The value.
        literal: Literal,
    },
    /// A function of the application returns `true`.
    Check(Check),
    /// All of these hold.
    All(&'static [Node]),
    /// One of these holds.
    Any(&'static [Node]),
    /// This does not hold.
    Not(&'static Node),
}

impl Node {
    pub(super) fn evaluate(&'static self, facts: &impl Facts) -> Answer {
        match self {
            Self::Roles(roles) => Answer::all(roles.iter().map(|role| facts.role(role).into())),
            Self::Scopes { resource, organization, scopes } => {
                let target = Target::new(resource.as_ref(), organization.as_ref());
                Answer::all(scopes.iter().map(|scope| facts.scope(target, scope).into()))
            }
            Self::Organization(organization) => facts.member(organization).into(),
            Self::OrganizationRole { organization, role } => {
                facts.organization_role(organization, role).into()
            }
            Self::Resource(_) => Answer::Met,
            Self::Machine => facts.is_machine().into(),
            Self::MaxAge { seconds, .. } => facts.signed_in_within(*seconds).into(),
            Self::Claim { path, literal } => facts.claim(path, |claim| literal.fits(claim)).into(),
            Self::Check(check) => facts.check(check).into(),
            Self::All(nodes) => Answer::all(nodes.iter().map(|node| node.evaluate(facts))),
            Self::Any(nodes) => !Answer::all(nodes.iter().map(|node| !node.evaluate(facts))),
            Self::Not(node) => !node.evaluate(facts),
        }
    }

    /// Whether it is refused, or Logto denies the user the access token that would decide. Then nobody knows
    /// whether the opposite holds.
    pub(super) fn is_lacking(&'static self, facts: &impl Facts) -> bool {
        match self.evaluate(facts) {
            Answer::Met => false,
            Answer::Refused => true,
            Answer::Unknown => self.is_denied(facts),
        }
    }

    fn is_denied(&'static self, facts: &impl Facts) -> bool {
        match self {
            Self::Scopes { resource, organization, .. } => {
                facts.is_denied(Target::new(resource.as_ref(), organization.as_ref()))
            }
            Self::Organization(organization) => facts.is_denied(Target::of(organization)),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|node| node.is_denied(facts)),
            _ => false,
        }
    }

    /// The questions whose answers can still decide.
    pub(super) fn questions(&'static self, facts: &impl Facts, questions: &mut Vec<Question>) {
        if self.evaluate(facts) != Answer::Unknown {
            return;
        }
        match self {
            Self::Scopes { resource, organization, .. } => {
                questions.extend(organization.as_ref().and_then(Question::resolver));
                questions
                    .push(Question::Token(Target::new(resource.as_ref(), organization.as_ref())));
            }
            Self::Organization(organization) => {
                questions.extend(Question::resolver(organization));
                questions.push(Question::Token(Target::of(organization)));
            }
            Self::OrganizationRole { organization, .. } => {
                questions.extend(Question::resolver(organization));
            }
            Self::Check(check) => questions.push(Question::Check(check)),
            Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().for_each(|node| node.questions(facts, questions));
            }
            Self::Not(node) => node.questions(facts, questions),
            Self::Roles(_)
            | Self::Resource(_)
            | Self::Machine
            | Self::MaxAge { .. }
            | Self::Claim { .. } => {}
        }
    }

    /// Adds the scopes that help to meet this condition: not those that must be lacking.
    pub(super) fn add_helpful_scopes(&self, scopes: &mut BTreeSet<&'static str>) {
        match self {
            Self::Scopes { scopes: named, .. } => scopes.extend(named.iter().copied()),
            Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().for_each(|node| node.add_helpful_scopes(scopes));
            }
            _ => {}
        }
    }

    /// Calls `with` for this condition and each within it.
    pub(super) fn visit(&'static self, with: &mut impl FnMut(&'static Self)) {
        with(self);
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.visit(with)),
            Self::Not(node) => node.visit(with),
            _ => {}
        }
    }
}

/// The condition in the syntax of the attribute. In the alternate form, the URI of each API resource replaces
/// its type.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Roles(roles) => words(f, "role", roles),
            Self::Scopes { scopes, .. } => words(f, "scope", scopes),
            Self::Organization(organization) => write!(f, "organization = {organization}"),
            Self::OrganizationRole { role, .. } => write!(f, "organization_role = {role:?}"),
            Self::Resource(resource) if f.alternate() => write!(f, "resource = {:?}", resource.uri),
            Self::Resource(resource) => write!(f, "resource = {}", resource.name),
            Self::Machine => f.write_str("machine"),
            Self::MaxAge { text, .. } => write!(f, "max_age = {text:?}"),
            Self::Claim { path, literal } => write!(f, "claim({:?} = {literal})", path.join(".")),
            Self::Check(check) => write!(f, "check = {}", check.name),
            Self::All(nodes) => combination(f, "all", nodes),
            Self::Any(nodes) => combination(f, "any", nodes),
            Self::Not(node) => {
                f.write_str("not(")?;
                node.fmt(f)?;
                f.write_str(")")
            }
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One alone, or several in a list.
fn words(f: &mut fmt::Formatter<'_>, key: &str, words: &[&str]) -> fmt::Result {
    if let [word] = words {
        return write!(f, "{key} = {word:?}");
    }
    write!(f, "{key}s(")?;
    separated(f, words, |f, word| write!(f, "{word:?}"))?;
    f.write_str(")")
}

fn combination(f: &mut fmt::Formatter<'_>, name: &str, nodes: &[Node]) -> fmt::Result {
    write!(f, "{name}(")?;
    list(f, nodes)?;
    f.write_str(")")
}

pub(super) fn list(f: &mut fmt::Formatter<'_>, nodes: &[Node]) -> fmt::Result {
    separated(f, nodes, |f, node| fmt::Display::fmt(node, f))
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}
