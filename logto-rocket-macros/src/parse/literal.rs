//! [`Literal`]: the value of a claim.

use std::fmt::{self, Display, Formatter};

use syn::parse::{ParseStream, Result};
use syn::{Error, Lit};

use super::key::Key;
use super::text::{Text, kind};

/// The value that a claim is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(Text),
    Number(i64),
    Bool(bool),
}

impl Literal {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        let expected = "expected a string, an integer or a boolean";
        let span = input.span();
        let Ok(literal) = input.parse::<Lit>() else {
            let example = Key::Claim.example();
            return Err(Error::new(span, format!("{expected}: `{example}`")));
        };
        match literal {
            Lit::Str(_) => Text::from_literal(&literal, Key::Claim.example()).map(Self::Text),
            Lit::Bool(literal) => Ok(Self::Bool(literal.value)),
            Lit::Int(literal) if literal.suffix().is_empty() => {
                let too_large = |_| {
                    let message = "this integer does not fit into 64 bits; \
                                   compare it in a function: `check = …`";
                    Error::new(literal.span(), message)
                };
                literal.base10_parse().map(Self::Number).map_err(too_large)
            }
            Lit::Int(literal) => {
                let suffix = literal.suffix();
                Err(Error::new(literal.span(), format!("remove `{suffix}` after the integer")))
            }
            Lit::Float(literal) => Err(Error::new(
                literal.span(),
                format!(
                    "{expected}, found a float; floats are compared in a function: `check = …`"
                ),
            )),
            other => Err(Error::new(other.span(), format!("{expected}, found {}", kind(&other)))),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Bool(bool) => bool.fmt(f),
        }
    }
}
