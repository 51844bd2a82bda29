//! The words `bearer` and `session`, and what a requirement on tokens cannot say.

use std::mem::discriminant;

use proc_macro2::Span;
use syn::Error;

use super::accepts::Accepts;
use super::condition::Condition;
use super::errors::Errors;
use super::key::Key;
use super::list::{List, Part, Word};
use super::resource::Resource;

/// What the words of the list say. Adds an error to it for each word and each condition that does
/// not go with the others. A part with a syntax error may be the word that is missing.
pub(super) fn check(all: &mut List) -> Accepts {
    let mut errors = Errors::default();
    let words = Words::of(all, &mut errors);
    if let Some(at) = words.bearer {
        let token = Token { bearer: at, alone: !words.may_be_session };
        token.check(all, &mut errors);
    } else if !words.may_be_bearer {
        if let Some(at) = words.session {
            errors.add(session_alone(at));
        }
        each(&all.parts, 0, &mut |part, _| {
            if let Part::Valid(at, Condition::Machine) = part {
                errors.add(machine_without_bearer(*at));
            }
        });
    }
    all.errors.take(errors.or(()));
    match (words.bearer, words.session) {
        (None, _) => Accepts::Session,
        (Some(_), None) => Accepts::Bearer,
        (Some(_), Some(_)) => Accepts::Either,
    }
}

/// Whether tokens are accepted, as far as the list can be understood.
pub(super) fn is_possible(all: &List) -> bool {
    may_be(Key::Bearer, all)
}

/// The words that are in the list, and those that may be.
struct Words {
    bearer: Option<Span>,
    session: Option<Span>,
    may_be_bearer: bool,
    may_be_session: bool,
}

impl Words {
    fn of(all: &List, errors: &mut Errors) -> Self {
        let mut first = |key: Key| {
            let mut words = all.words.iter().filter(|word| word.key == key);
            let first = words.next().map(|word| word.at);
            words.for_each(|word| errors.add(twice(word)));
            first
        };
        let (bearer, session) = (first(Key::Bearer), first(Key::Session));
        Self {
            bearer,
            session,
            may_be_bearer: may_be(Key::Bearer, all),
            may_be_session: may_be(Key::Session, all),
        }
    }
}

/// Whether the word is in the list, or a part that could not be parsed may stand for it.
fn may_be(word: Key, all: &List) -> bool {
    let is_unknown = |part: &Part| matches!(part, Part::Invalid(None, _));
    is_anywhere(word, all) || all.parts.iter().any(is_unknown)
}

/// Whether the word is in the list or in one within, where it is an error.
fn is_anywhere(word: Key, list: &List) -> bool {
    let is_in = |part: &Part| match part {
        Part::Valid(..) => false,
        Part::Invalid(key, _) => *key == Some(word),
        Part::List(_, list) => is_anywhere(word, list),
    };
    list.words.iter().any(|one| one.key == word) || list.parts.iter().any(is_in)
}

/// A requirement on tokens.
struct Token {
    bearer: Span,
    /// Whether sessions are not accepted as well.
    alone: bool,
}

impl Token {
    fn check(&self, all: &List, errors: &mut Errors) {
        let audience = |part: &Part| match part {
            Part::Valid(_, condition) => is_audience(condition),
            Part::Invalid(key, _) => {
                key.is_none_or(|key| matches!(key, Key::Resource | Key::Organization))
            }
            Part::List(..) => false,
        };
        let mut for_somebody = all.parts.iter().any(audience);
        let untyped = all.parts.iter().find_map(|part| match part {
            Part::Valid(_, Condition::Resource(Resource::Uri(uri))) => Some(uri),
            _ => None,
        });
        let mut has_check = false;
        each(&all.parts, 0, &mut |part, depth| {
            let Part::Valid(at, condition) = part else { return };
            has_check |= matches!(condition, Condition::Check(_));
            if is_audience(condition) && depth > 0 {
                for_somebody = true;
                let beside = all.parts.iter().find_map(|part| match part {
                    Part::Valid(_, one) if discriminant(one) == discriminant(condition) => {
                        Some(one)
                    }
                    _ => None,
                });
                errors.add(another_audience(*at, condition, beside));
            }
            if self.alone
                && let Some(error) = of_the_session(*at, condition)
            {
                errors.add(error);
            }
        });
        if !for_somebody {
            errors.add(for_nobody(self.bearer));
        }
        if let Some(uri) = untyped.filter(|_| has_check) {
            let message = format!(
                "a `check` on a token takes `&{}<R>`, where `R` is the type of the resource; \
                 declare it, `resource!(pub Orders = {uri});`, and write `resource = Orders`",
                if self.alone { "Bearer" } else { "Caller" },
            );
            errors.add(Error::new(uri.span, message));
        }
    }
}

/// Calls `with` for each part and each within it, with the number of lists around it.
fn each(parts: &[Part], depth: usize, with: &mut impl FnMut(&Part, usize)) {
    for part in parts {
        with(part, depth);
        if let Part::List(_, list) = part {
            each(&list.parts, depth + 1, with);
        }
    }
}

fn is_audience(condition: &Condition) -> bool {
    matches!(condition, Condition::Resource(_) | Condition::Organization(_))
}

/// The error for a word in a list within the requirement.
pub(super) fn nested(word: &Word, list: Key) -> Error {
    let Word { key, at } = word;
    let (word, list) = (key.name(), list.name());
    let message = format!(
        "`{word}` is not a condition, so it cannot be in `{list}(…)`; \
         write it beside the conditions: `{}`",
        key.example()
    );
    Error::new(*at, message)
}

/// The error for a word that is in the list already.
pub(super) fn twice(word: &Word) -> Error {
    Error::new(word.at, format!("`{}` is given twice; leave one of them out", word.key.name()))
}

fn session_alone(at: Span) -> Error {
    let message = format!(
        "a requirement without `bearer` always needs a session; leave `session` out, or add \
         `bearer` to accept access tokens as well: `{}`",
        Key::Session.example()
    );
    Error::new(at, message)
}

fn machine_without_bearer(at: Span) -> Error {
    let message = format!(
        "`machine` is a condition on access tokens, and only sessions are accepted; write `{}`",
        Key::Machine.example()
    );
    Error::new(at, message)
}

fn for_nobody(at: Span) -> Error {
    let message = format!(
        "`bearer` needs the audience of the tokens, an API resource or an organization; write \
         `{}` or `bearer, organization = \"<org>\", scope = \"read:orders\"`",
        Key::Bearer.example()
    );
    Error::new(at, message)
}

fn another_audience(at: Span, condition: &Condition, beside: Option<&Condition>) -> Error {
    let message = match beside {
        None => {
            format!(
                "a token is for one audience; write `{condition}` beside `bearer`, not in a list"
            )
        }
        Some(audience) => format!(
            "a token is for one audience, which is `{audience}` here; \
             write another route for `{condition}`"
        ),
    };
    Error::new(at, message)
}

fn of_the_session(at: Span, condition: &Condition) -> Option<Error> {
    let what = match condition {
        Condition::Role(_) | Condition::Roles(_) => "roles",
        Condition::OrganizationRole(_) => "roles in organizations",
        _ => return None,
    };
    let message = format!(
        "Logto's access tokens carry scopes and no {what}; write `{}`, or `{}` for a claim that you \
         add to them",
        Key::Scope.example(),
        Key::Claim.example()
    );
    Some(Error::new(at, message))
}
