//! Each page says something of its own in each language.

use std::collections::BTreeSet;

use super::{Label, Topic, Words, phrases};
use crate::error::Lack;
use crate::request::NotListed;
use crate::response::Language;

const LANGUAGES: [Language; 2] = [Language::English, Language::German];

const LABELS: [Label; 9] = [
    Label::GoOn,
    Label::Home,
    Label::SignIn,
    Label::SignInInNewTab,
    Label::SignOut,
    Label::SignOutAtLogto,
    Label::StaySignedIn,
    Label::TryAgain,
    Label::UseAnotherAccount,
];

const LACKS: [Lack; 8] = [
    Lack::Role,
    Lack::Permission,
    Lack::Membership { here: true },
    Lack::Membership { here: false },
    Lack::OrganizationRole { here: true },
    Lack::OrganizationRole { here: false },
    Lack::Detail,
    Lack::Condition,
];

#[test]
fn each_page_has_a_code_of_its_own() {
    let codes: BTreeSet<_> = Topic::CODES.iter().collect();
    assert_eq!(codes.len(), Topic::all().len());
    for topic in Topic::all() {
        let code = topic.code();
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
        assert_eq!(Topic::of(code), *topic);
    }
}

#[test]
fn each_page_has_a_title_and_a_text_in_each_language() {
    for topic in Topic::all() {
        let words = LANGUAGES.map(|language| phrases(language).words(*topic));
        for Words { title, text } in words {
            assert!(title.starts_with(char::is_uppercase), "{topic:?}: {title}");
            assert!(!title.ends_with('.') && text.ends_with('.'), "{topic:?}: {title}: {text}");
            assert!(!text.contains("  ") && !text.contains('\n'), "{topic:?}: {text}");
        }
        let [english, german] = words;
        assert_ne!(english.title, german.title, "{topic:?}");
        assert_ne!(english.text, german.text, "{topic:?}");
    }
}

#[test]
fn whatever_else_pages_say_is_there_in_each_language() {
    let said = LANGUAGES.map(|language| {
        let phrases = phrases(language);
        let Words { title, text } = phrases.hand_over();
        let host = NotListed::Other(Some("a.example".into()));
        let mut said = vec![title.to_owned(), text.to_owned()];
        said.extend([phrases.signed_in_as("Ada"), phrases.refused("Ada")]);
        said.extend(LABELS.map(|label| phrases.label(label).to_owned()));
        said.extend(LACKS.map(|lack| phrases.lacking(&[lack])));
        said.extend(
            [host, NotListed::Other(None), NotListed::Several]
                .map(|why| phrases.unlisted_host(&why, "https://b.example")),
        );
        let distinct: BTreeSet<_> = said.iter().collect();
        assert_eq!(distinct.len(), said.len(), "{said:?}");
        said
    });
    let [english, german] = said;
    for (english, german) in english.iter().zip(&german) {
        assert_ne!(english, german);
    }
}

#[test]
fn several_things_that_an_account_lacks_are_one_sentence() {
    let lacks = [Lack::Role, Lack::Permission, Lack::Membership { here: true }];
    assert_eq!(
        phrases(Language::English).lacking(&lacks),
        "Your account does not have what this page requires: a certain role, a certain permission or \
         membership in this organization."
    );
    assert_eq!(
        phrases(Language::German).lacking(&lacks),
        "Ihrem Konto fehlt, was für diese Seite nötig ist: eine bestimmte Rolle, eine bestimmte \
         Berechtigung oder die Mitgliedschaft in dieser Organisation."
    );
}

#[test]
fn the_manual_lists_the_code_of_each_page() {
    let manual = include_str!("../../../../docs/pages.md");
    for code in Topic::CODES {
        assert!(manual.contains(&format!("| `{code}` |")), "{code}");
    }
}
