//! [`Written`]: a requirement as it displays.
//!
//! The name of a route that a value guards (`requires!(…).guard(…)`) contains the requirement as a text, because
//! Rocket gives the launch no other access to it. The text names each API resource by its URI. It is parsed only
//! for the declarations and warnings of the launch, and does not decide access.

use crate::names::claim;

/// A requirement as it displays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written<'t>(pub &'t str);

impl<'t> Written<'t> {
    /// Whether a session can meet it.
    pub fn accepts_sessions(self) -> bool {
        !self.0.starts_with("bearer, ")
    }

    /// Whether an access token can meet it.
    pub fn accepts_tokens(self) -> bool {
        !self.accepts_sessions() || self.0.starts_with("session, bearer, ")
    }

    /// Whether it asks how old the sign-in is.
    pub fn has_max_age(self) -> bool {
        self.keys().any(|(key, _)| key == "max_age")
    }

    /// The API resource that access tokens must be for, if they are accepted.
    pub fn resource(self) -> Option<String> {
        let mut keys = self.keys().filter(|_| self.accepts_tokens());
        keys.find_map(|(key, condition)| (key == "resource").then(|| literals(condition).next())?)
    }

    /// Whether it names an organization.
    #[cfg(any(test, feature = "testing"))]
    pub fn has_organization(self) -> bool {
        self.keys().any(|(key, _)| key == "organization")
    }

    /// The scopes that it names.
    pub fn scopes(self) -> Vec<String> {
        let of_scopes = self.keys().filter(|(key, _)| matches!(*key, "scope" | "scopes"));
        of_scopes.flat_map(|(_, condition)| literals(condition)).collect()
    }

    /// The conditions that are decided by a claim of the user, each with that claim.
    pub(super) fn conditions(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.keys().filter_map(|(key, condition)| {
            let claim = match key {
                "role" | "roles" => claim::ROLES,
                "organization_role" => claim::ORGANIZATION_ROLES,
                "claim" => first_name(condition.split('"').nth(1)?),
                _ => return None,
            };
            Some((condition, claim))
        })
    }

    /// Its keys, each with the condition that it begins.
    fn keys(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            loop {
                rest = &rest[rest.find(|sign| sign == '"' || is_of_word(sign))?..];
                let key = rest.split(|sign| !is_of_word(sign)).next().unwrap_or_default();
                let value = if key.is_empty() { literal(rest) } else { value(&rest[key.len()..]) };
                let (condition, behind) = rest.split_at(key.len() + value);
                rest = behind;
                if !key.is_empty() && value > 0 {
                    return Some((key, condition));
                }
            }
        })
    }
}

/// The name of the claim that a path begins with. A URI is one name.
fn first_name(path: &str) -> &str {
    if path.contains(':') { path } else { path.split('.').next().unwrap_or_default() }
}

fn is_of_word(sign: char) -> bool {
    sign == '_' || sign.is_alphanumeric()
}

/// The length of the value after a key: ` = "…"`, ` = path`, or `(…)` with literals. 0 if the key has no such
/// value, for example if conditions follow in parentheses.
fn value(text: &str) -> usize {
    const EQUALS: &str = " = ";
    match text.strip_prefix(EQUALS) {
        Some(value) if value.starts_with('"') => return EQUALS.len() + literal(value),
        Some(value) => {
            let path = value.find(|sign| sign != ':' && !is_of_word(sign));
            return EQUALS.len() + path.unwrap_or(value.len());
        }
        _ if !text.starts_with('(') => return 0,
        _ => {}
    }
    if !text[1..].starts_with('"') {
        return 0;
    }
    let mut at = 1;
    while let Some(next) = text[at..].find(['"', ')']) {
        at += next;
        if text[at..].starts_with(')') {
            return at + 1;
        }
        at += literal(&text[at..]);
    }
    text.len()
}

/// The string literals in a condition.
fn literals(condition: &str) -> impl Iterator<Item = String> {
    let mut rest = condition;
    std::iter::from_fn(move || {
        rest = &rest[rest.find('"')?..];
        let (found, behind) = rest.split_at(literal(rest));
        rest = behind;
        serde_json::from_str(found).ok()
    })
}

/// The length of the string literal at the start of the text.
fn literal(text: &str) -> usize {
    let mut signs = text.char_indices().skip(1);
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\\' => drop(signs.next()),
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
