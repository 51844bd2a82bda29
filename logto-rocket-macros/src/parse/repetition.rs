//! Items of a list that repeat an earlier one.

use proc_macro2::Span;
use syn::Error;

use super::condition::Condition;
use super::errors::Errors;
use super::text::Text;

/// Adds an error for each item for which `message` returns one about it and an earlier item.
pub(super) fn reject_repeated<T>(
    items: &[(Span, T)],
    message: impl Fn(&T, &T) -> Option<String>,
    errors: &mut Errors,
) {
    for (i, (span, later)) in items.iter().enumerate() {
        if let Some(message) = items[..i].iter().find_map(|(_, earlier)| message(earlier, later)) {
            errors.add(Error::new(*span, message));
        }
    }
}

/// The message for a condition that is given twice.
pub(super) fn repeated(earlier: &Condition, later: &Condition) -> Option<String> {
    (earlier == later).then(|| format!("`{later}` is given twice; leave one of them out"))
}

/// The message for two conditions of an "and" list that one condition can replace, or of which the
/// list can have one only; `token` says whether they are beside `bearer`.
pub(super) fn mergeable(earlier: &Condition, later: &Condition, token: bool) -> Option<String> {
    let (key, all, any): (_, Condition, Vec<Condition>) = match (earlier, later) {
        (Condition::Role(a), Condition::Role(b)) => {
            let both = vec![a.clone(), b.clone()];
            ("role", Condition::Roles(both), vec![earlier.clone(), later.clone()])
        }
        (Condition::Roles(a), Condition::Roles(b)) => {
            let both = union(a, b);
            let each = both.iter().cloned().map(Condition::Role).collect();
            ("roles", Condition::Roles(both), each)
        }
        (Condition::Scope(a), Condition::Scope(b)) => {
            let both = vec![a.clone(), b.clone()];
            ("scope", Condition::Scopes(both), vec![earlier.clone(), later.clone()])
        }
        (Condition::Scopes(a), Condition::Scopes(b)) => {
            let both = union(a, b);
            let each = both.iter().cloned().map(Condition::Scope).collect();
            ("scopes", Condition::Scopes(both), each)
        }
        (Condition::OrganizationRole(..), Condition::OrganizationRole(..)) => {
            return Some(format!(
                "`organization_role` is given twice; write `{earlier}, all({later})` to require \
                 both, or `any({earlier}, {later})` to require one of them"
            ));
        }
        (Condition::Organization(_), Condition::Organization(_)) => {
            return Some(one_place("organization", earlier, later, token));
        }
        (Condition::Resource(..), Condition::Resource(..)) => {
            return Some(one_place("resource", earlier, later, token));
        }
        (Condition::MaxAge(a), Condition::MaxAge(b)) => {
            let shorter = if a.seconds < b.seconds { a } else { b };
            return Some(format!("`max_age` is given twice; write `max_age = {shorter}` alone"));
        }
        _ => return None,
    };
    let any = Condition::Any(any);
    Some(format!(
        "`{key}` is given twice; write `{all}` to require all, or `{any}` to require one of them"
    ))
}

fn one_place(key: &str, earlier: &Condition, later: &Condition, token: bool) -> String {
    if token {
        return format!(
            "`{key}` is given twice, and a token is for one audience; write another route for \
             `{later}`"
        );
    }
    format!(
        "`{key}` is given twice, and the conditions beside it can belong to only one of them; \
         write `all({earlier}, …), all({later}, …)`"
    )
}

fn union(first: &[Text], second: &[Text]) -> Vec<Text> {
    let new = second.iter().filter(|text| !first.contains(text));
    first.iter().chain(new).cloned().collect()
}
