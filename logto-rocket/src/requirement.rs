//! [`Requirement`]: what a handler demands of who may come in.

mod check;

use std::fmt;

use serde_json::Value;

pub use self::check::{Check, verdict};

/// What a handler demands of a signed-in user: a tree of conditions that is known while compiling.
///
/// It is written with [`#[authenticated(…)]`](crate::authenticated), and it displays in the words
/// of that attribute. A condition that cannot be decided, because a claim is not kept in the
/// session or was not asked for, is *unknown*; what is unknown refuses, also under `not`.
#[derive(Clone, Copy)]
pub struct Requirement {
    all: &'static [Node],
}

/// A condition, or a combination of them. Written by the attribute macro only.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Node {
    /// The user has all of these roles.
    Roles(&'static [&'static str]),
    /// A claim has this value, or, being a list, holds it.
    Claim {
        /// The names that lead to it.
        path: &'static [&'static str],
        /// The value.
        literal: Literal,
    },
    /// A function of the application says yes.
    Check(Check),
    /// All of these hold.
    All(&'static [Node]),
    /// One of these holds.
    Any(&'static [Node]),
    /// This does not hold.
    Not(&'static Node),
}

/// A value that a claim is compared with.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A string.
    Text(&'static str),
    /// A whole number.
    Number(i64),
    /// True or false.
    Bool(bool),
}

/// The requirement that all of these conditions hold.
#[doc(hidden)]
pub const fn requirement(all: &'static [Node]) -> Requirement {
    Requirement { all }
}

/// Whether a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Met,
    Refused,
    Unknown,
}

/// What is known of a request when a requirement is judged. `None` is unknown.
pub(crate) trait Facts {
    fn role(&self, role: &str) -> Option<bool>;
    /// Whether the claim at a path is something that `fits`.
    fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> bool) -> Option<bool>;
    fn check(&self, check: &'static Check) -> Option<bool>;
}

impl Requirement {
    /// The functions of the application that take part, in the order they were written.
    pub(crate) fn checks(&self) -> Vec<&'static Check> {
        let mut checks = Vec::new();
        self.all.iter().for_each(|node| node.collect_checks(&mut checks));
        checks
    }

    /// Whether the requirement holds, as far as the facts go.
    pub(crate) fn evaluate(&self, facts: &impl Facts) -> Answer {
        Answer::all(self.all.iter().map(|node| node.evaluate(facts)))
    }
}

impl Node {
    fn evaluate(&'static self, facts: &impl Facts) -> Answer {
        match self {
            Self::Roles(roles) => Answer::all(roles.iter().map(|role| facts.role(role).into())),
            Self::Claim { path, literal } => facts.claim(path, |claim| literal.fits(claim)).into(),
            Self::Check(check) => facts.check(check).into(),
            Self::All(nodes) => Answer::all(nodes.iter().map(|node| node.evaluate(facts))),
            Self::Any(nodes) => !Answer::all(nodes.iter().map(|node| !node.evaluate(facts))),
            Self::Not(node) => !node.evaluate(facts),
        }
    }

    fn collect_checks(&'static self, checks: &mut Vec<&'static Check>) {
        match self {
            Self::Check(check) => checks.push(check),
            Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter().for_each(|node| node.collect_checks(checks));
            }
            Self::Not(node) => node.collect_checks(checks),
            Self::Roles(_) | Self::Claim { .. } => {}
        }
    }
}

impl Literal {
    /// Whether a claim is this value or a list that holds it.
    fn fits(self, claim: &Value) -> bool {
        let is = |value: &Value| match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Number(number) => value.as_i64() == Some(number),
            Self::Bool(truth) => value.as_bool() == Some(truth),
        };
        claim.as_array().map_or_else(|| is(claim), |list| list.iter().any(is))
    }
}

impl Answer {
    /// One that is refused decides; else one that is unknown.
    fn all(answers: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Met;
        for answer in answers {
            match answer {
                Self::Refused => return Self::Refused,
                Self::Unknown => all = Self::Unknown,
                Self::Met => {}
            }
        }
        all
    }
}

impl std::ops::Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Met => Self::Refused,
            Self::Refused => Self::Met,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<Option<bool>> for Answer {
    fn from(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, |met| if met { Self::Met } else { Self::Refused })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all.is_empty() { f.write_str("signed in") } else { list(f, self.all) }
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requirement({self})")
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Roles([role]) => write!(f, "role = {role:?}"),
            Self::Roles(roles) => {
                f.write_str("roles(")?;
                separated(f, roles, |f, role| write!(f, "{role:?}"))?;
                f.write_str(")")
            }
            Self::Claim { path, literal } => {
                write!(f, "claim({:?} = {literal})", path.join("."))
            }
            Self::Check(check) => write!(f, "check = {}", check.name),
            Self::All(nodes) => combination(f, "all", nodes),
            Self::Any(nodes) => combination(f, "any", nodes),
            Self::Not(node) => write!(f, "not({node})"),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
        }
    }
}

fn combination(f: &mut fmt::Formatter<'_>, name: &str, nodes: &[Node]) -> fmt::Result {
    write!(f, "{name}(")?;
    list(f, nodes)?;
    f.write_str(")")
}

fn list(f: &mut fmt::Formatter<'_>, nodes: &[Node]) -> fmt::Result {
    separated(f, nodes, |f, node| write!(f, "{node}"))
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
