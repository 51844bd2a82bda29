//! [`Written`]: a requirement as it displays.
//!
//! A route that is guarded by a value, `requires!(…).guard(…)`, has its requirement in its name, and that is
//! all that Rocket tells of it at launch. What is read here only warns; it decides nothing.

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

    /// The conditions that are decided by a claim of the user, each with that claim.
    pub(super) fn conditions(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.keys().filter_map(|(key, condition)| {
            let claim = match key {
                "role" | "roles" => "roles",
                "organization_role" => "organization_roles",
                "claim" => condition.split(['"', '.']).nth(1)?,
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

fn is_of_word(sign: char) -> bool {
    sign == '_' || sign.is_alphanumeric()
}

/// How long the text behind a key is: ` = "…"`, or `(…)` with literals; 0 if there is something else, such as
/// further conditions.
fn value(text: &str) -> usize {
    const EQUALS: &str = " = ";
    match text.strip_prefix(EQUALS) {
        Some(value) if value.starts_with('"') => return EQUALS.len() + literal(value),
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

/// How long the string literal is that the text begins with.
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
