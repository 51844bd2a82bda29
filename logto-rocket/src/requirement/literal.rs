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
    /// Whether a claim is this value or a list that contains it. Unknown if it is of another type: `"true"` may
    /// stand for `true`.
    pub(super) fn fits(self, claim: &Value) -> Option<bool> {
        let Some(list) = claim.as_array() else { return self.is(claim) };
        let each = list.iter().map(|value| self.is(value));
        each.reduce(|one, other| match (one, other) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        })
        .unwrap_or(Some(false))
    }

    fn is(self, value: &Value) -> Option<bool> {
        match self {
            Self::Text(text) => value.as_str().map(|it| it == text),
            Self::Number(number) => {
                let is_number = value.is_number();
                is_number.then(|| value.as_i64() == Some(number) || is_the_float(value, number))
            }
            Self::Bool(truth) => value.as_bool().map(|it| it == truth),
        }
    }
}

/// Whether a number with a fraction or an exponent is this one, as `3.0` is 3.
#[expect(clippy::cast_precision_loss, reason = "a claim that is so large has lost it already")]
fn is_the_float(value: &Value, number: i64) -> bool {
    value.is_f64() && value.as_f64() == Some(number as f64)
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
