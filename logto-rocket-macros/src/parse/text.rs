//! [`Text`]: a string literal that is not blank.

use std::fmt::{self, Display, Formatter};

use proc_macro2::Span;
use syn::parse::{ParseStream, Result};
use syn::{Error, Lit};

use super::key::Key;

/// A string that is not blank, and its span.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Span,
}

impl Text {
    /// Parses a string; `example` is shown in the error.
    pub(super) fn parse(input: ParseStream<'_>, example: &str) -> Result<Self> {
        match input.parse::<Lit>() {
            Ok(literal) => Self::from_literal(&literal, example),
            Err(error) => Err(Error::new(
                error.span(),
                format!("expected a string in double quotes: `{example}`"),
            )),
        }
    }

    /// Parses a scope: visible ASCII without blanks
    /// ([RFC 6749, section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    pub(super) fn parse_scope(input: ParseStream<'_>) -> Result<Self> {
        let text = Self::parse(input, Key::Scope.example())?;
        if text.value.contains(char::is_whitespace) {
            let scopes: Vec<_> =
                text.value.split_whitespace().map(|scope| format!("{scope:?}")).collect();
            let message = match &scopes[..] {
                [one] => format!("a scope cannot contain spaces: `scope = {one}`"),
                several => {
                    format!(
                        "a scope cannot contain spaces; for several `scopes({})`",
                        several.join(", ")
                    )
                }
            };
            return Err(Error::new(text.span, message));
        }
        let allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
        if let Some(wrong) = text.value.chars().find(|&c| !allowed(c)) {
            return Err(Error::new(text.span, format!("a scope cannot contain {wrong:?}")));
        }
        Ok(text)
    }

    /// The names that lead to a claim. A name that is a URI is one name, whatever dots it has; only URIs have a
    /// colon.
    pub(crate) fn claim_path(&self) -> Vec<&str> {
        if self.value.contains(':') { vec![&self.value] } else { self.value.split('.').collect() }
    }

    pub(super) fn from_literal(literal: &Lit, example: &str) -> Result<Self> {
        let Lit::Str(text) = literal else {
            let found = kind(literal);
            return Err(Error::new(
                literal.span(),
                format!("expected a string in double quotes, found {found}: `{example}`"),
            ));
        };
        if !text.suffix().is_empty() {
            let suffix = text.suffix();
            return Err(Error::new(text.span(), format!("remove `{suffix}` after the string")));
        }
        let (value, span) = (text.value(), text.span());
        if value.trim().is_empty() {
            return Err(Error::new(span, format!("this string is blank; write `{example}`")));
        }
        Ok(Self { value, span })
    }
}

impl PartialEq for Text {
    /// The span makes no difference.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.value)
    }
}

/// What a literal is called in a message.
pub(super) fn kind(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        Lit::Byte(_) => "a byte",
        Lit::Char(_) => "a character",
        Lit::Int(_) => "an integer",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        _ => "something else",
    }
}
