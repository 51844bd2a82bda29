//! The words that a requirement can begin with.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Result};
use syn::{Error, Ident, LitStr};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Key {
    Role,
    Roles,
    Claim,
    Check,
    All,
    Any,
    Not,
}

impl Key {
    const EVERY: [Self; 7] =
        [Self::Role, Self::Roles, Self::Claim, Self::Check, Self::All, Self::Any, Self::Not];

    /// Reads the next word.
    pub(super) fn parse(input: ParseStream<'_>) -> Result<(Self, Ident)> {
        if let Ok(text) = input.fork().parse::<LitStr>() {
            let text = text.value();
            return Err(input.error(format!(
                "expected a requirement, found a string; did you mean `role = {text:?}`?"
            )));
        }
        let word = input.call(Ident::parse_any).map_err(|error| {
            Error::new(
                error.span(),
                format!("expected a requirement, such as `{}`", Self::Role.example()),
            )
        })?;
        match Self::EVERY.into_iter().find(|key| word == key.name()) {
            Some(key) => Ok((key, word)),
            None => Err(unknown(&word)),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Roles => "roles",
            Self::Claim => "claim",
            Self::Check => "check",
            Self::All => "all",
            Self::Any => "any",
            Self::Not => "not",
        }
    }

    /// How it is written in full.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Role => r#"role = "admin""#,
            Self::Roles => r#"roles("admin", "auditor")"#,
            Self::Claim => r#"claim("department" = "ops")"#,
            Self::Check => "check = business_hours",
            Self::All => r#"all(role = "support", check = business_hours)"#,
            Self::Any => r#"any(role = "admin", role = "auditor")"#,
            Self::Not => r#"not(role = "trial")"#,
        }
    }
}

fn unknown(word: &Ident) -> Error {
    let name = word.to_string();
    let nearest = Key::EVERY
        .into_iter()
        .map(|key| (strsim::damerau_levenshtein(&name, key.name()), key.name()))
        .min()
        .filter(|&(distance, near)| distance <= near.len().max(name.len()) / 2);
    let known = Key::EVERY.map(|key| format!("`{}`", key.name())).join(", ");
    let message = match nearest {
        Some((_, near)) => format!("unknown requirement `{name}`; did you mean `{near}`?"),
        None => format!("unknown requirement `{name}`"),
    };
    Error::new(word.span(), format!("{message}\nknown are {known}"))
}
