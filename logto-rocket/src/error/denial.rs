//! [`Denial`]: what a signed-in user lacks.

use std::fmt;

/// What a signed-in user lacks: the conditions that are not met, in the syntax of the attribute, or a text of
/// your own guard.
///
/// ```
/// use logto_rocket::Refusal;
///
/// let refusal = Refusal::Denied("an account".into());
/// # let Refusal::Denied(denial) = refusal else { panic!() };
/// assert_eq!(denial.as_str(), "an account");
/// ```
///
/// The text is for developers. It is in the log and, in Rocket's debug profile, on the page. If
/// `#[authenticated]` refused the user, the page says which kind of right is missing. It never has the name of
/// a role, scope or claim.
#[derive(Clone)]
pub struct Denial {
    text: String,
    lacks: Vec<Lack>,
}

/// A kind of thing that a user lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lack {
    Role,
    /// A scope.
    Permission,
    Membership {
        /// Whether it is in the organization that the request is about.
        here: bool,
    },
    OrganizationRole {
        /// Whether it is in the organization that the request is about.
        here: bool,
    },
    /// A claim.
    Detail,
    /// What has no name for people.
    Condition,
}

impl Denial {
    /// The conditions, and what kinds of things they are about; none if it is not known whether the user
    /// has them.
    pub(crate) fn new(text: String, lacks: Vec<Lack>) -> Self {
        Self { text, lacks }
    }

    /// The conditions as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kinds of things that the user lacks, as far as they are known.
    pub(crate) fn lacks(&self) -> &[Lack] {
        &self.lacks
    }
}

impl From<String> for Denial {
    fn from(text: String) -> Self {
        Self::new(text, Vec::new())
    }
}

impl From<&str> for Denial {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Two are equal if their texts are.
impl PartialEq for Denial {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Denial {}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
