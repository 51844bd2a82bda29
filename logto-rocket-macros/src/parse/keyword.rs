//! Parses a [`Key`], or says what was probably meant.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Result};
use syn::{Error, Ident, LitStr, Token};

use super::key::Key;

/// Parses a keyword.
pub(super) fn parse(input: ParseStream<'_>) -> Result<(Key, Ident)> {
    if let Ok(text) = input.fork().parse::<LitStr>() {
        let text = text.value();
        return Err(input.error(format!(
            "expected a requirement, found a string; did you mean `role = {text:?}`?"
        )));
    }
    let keyword = input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            format!("expected a requirement, such as `{}`", Key::Role.example()),
        )
    })?;
    match Key::named(&keyword) {
        Some(key) => Ok((key, keyword)),
        None => Err(unknown(&keyword, input)),
    }
}

/// The error about a keyword that does not exist. `rest` is what follows it.
fn unknown(keyword: &Ident, rest: ParseStream<'_>) -> Error {
    let name = keyword.to_string();
    let advice = of_others(&name)
        .or_else(|| nearest(&name).map(did_you_mean))
        .or_else(|| by_rest(&name, rest))
        .unwrap_or_default();
    let known = Key::EVERY.map(|key| format!("`{}`", key.name())).join(", ");
    Error::new(
        keyword.span(),
        format!("unknown requirement `{name}`{advice}\nexpected one of {known}"),
    )
}

/// How to write what other frameworks, or everyday words, call by this name.
fn of_others(name: &str) -> Option<String> {
    let meant = match name {
        "permission" | "permissions" => r#"resource = Orders, scope = "read:orders""#,
        "authority" | "group" | "groups" => Key::Role.example(),
        "org" | "tenant" => Key::Organization.example(),
        "audience" => Key::Resource.example(),
        "user" | "user_id" | "subject" => r#"claim("sub" = "…")"#,
        "and" | "all_of" | "every" | "each" => Key::All.example(),
        "or" | "any_of" | "one_of" | "either" | "some" => Key::Any.example(),
        "none" | "none_of" | "nor" | "neither" => r#"not(any(role = "trial", role = "guest"))"#,
        "except" | "unless" | "without" => Key::Not.example(),
        "mfa" | "acr" | "amr" | "step_up" => {
            return Some(format!(
                "; Logto's tokens do not say which factors a user entered: require the factors at \
                 Logto, or a recent sign-in by `{}`",
                Key::MaxAge.example()
            ));
        }
        _ => return None,
    };
    Some(did_you_mean(meant))
}

/// A keyword that is written alike. Never `all`, `any` or `not`: of these, a wrong one would let
/// other users in.
fn nearest(name: &str) -> Option<&'static str> {
    Key::EVERY
        .into_iter()
        .filter(|key| !matches!(key, Key::All | Key::Any | Key::Not))
        .map(|key| (strsim::damerau_levenshtein(name, key.name()), key.name()))
        .min()
        .filter(|&(distance, near)| distance <= near.len().max(name.len()) / 3)
        .map(|(_, near)| near)
}

/// A name with a value may be that of a claim, and one by itself that of a role.
fn by_rest(name: &str, rest: ParseStream<'_>) -> Option<String> {
    if rest.peek(Token![=]) {
        Some(did_you_mean(&format!("claim(\"{name}\" = …)")))
    } else if rest.is_empty() || rest.peek(Token![,]) {
        Some(did_you_mean(&format!("role = \"{name}\"")))
    } else {
        None
    }
}

fn did_you_mean(meant: &str) -> String {
    format!("; did you mean `{meant}`?")
}

#[cfg(test)]
mod tests {
    use super::super::Requirement;

    /// The message about the first keyword.
    fn message(requirement: &str) -> String {
        let parsed = Requirement::parse(requirement.parse().expect("tokens"));
        parsed.conditions().expect_err("an error").into_iter().next().expect("one").to_string()
    }

    #[test]
    fn a_word_that_means_all_any_or_not_is_never_taken_for_another_of_them() {
        for (words, meant) in [
            (&["and", "all_of", "every", "each"][..], "`all(role"),
            (&["or", "any_of", "one_of", "either", "some"], "`any(role"),
            (&["none", "none_of", "nor", "neither"], "`not(any("),
            (&["except", "unless", "without"], "`not(role"),
        ] {
            for word in words {
                let message = message(&format!("{word}(role = \"admin\")"));
                assert!(message.contains(&format!("did you mean {meant}")), "{message}");
            }
        }
        for alike in ["an", "ano", "al", "ann", "nat", "alt", "many", "knot"] {
            let message = message(&format!("{alike}(role = \"admin\")"));
            assert!(!message.contains("did you mean"), "{message}");
        }
    }

    #[test]
    fn a_name_with_a_value_may_be_a_claim_and_a_name_alone_a_role() {
        for (requirement, meant) in [
            ("email = \"a@example.com\"", "`claim(\"email\" = …)`"),
            ("user_id = \"abc\"", "`claim(\"sub\" = \"…\")`"),
            ("staff", "`role = \"staff\"`"),
            ("staff, role = \"admin\"", "`role = \"staff\"`"),
            ("rol = \"admin\"", "`role`"),
            ("audience = Orders", "`resource = Orders`"),
        ] {
            let message = message(requirement);
            assert!(message.contains(&format!("did you mean {meant}?")), "{message}");
        }
        assert!(!message("weather(\"sunny\")").contains("did you mean"));
    }

    #[test]
    fn factors_are_required_at_logto() {
        for name in ["mfa", "acr", "amr", "step_up"] {
            let message = message(&format!("{name} = \"otp\""));
            assert!(message.contains("require the factors at Logto"), "{message}");
        }
    }
}
