//! [`Literal`]: what a claim is compared with.

use std::fmt;

use serde_json::Value;

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

impl Literal {
    /// Whether a claim is this value or a list that holds it.
    pub(super) fn fits(self, claim: &Value) -> bool {
        let is = |value: &Value| match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Number(number) => value.as_i64() == Some(number),
            Self::Bool(truth) => value.as_bool() == Some(truth),
        };
        claim.as_array().map_or_else(|| is(claim), |list| list.iter().any(is))
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
