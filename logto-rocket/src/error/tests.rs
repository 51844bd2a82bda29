//! What a message may contain of a text that comes from elsewhere.

use super::*;
use crate::StoreError;

/// It begins a line of its own in a log, moves the cursor of a terminal, and reorders what follows.
const EVIL: &str = "a\r\nWARN forged\u{1b}[2J\u{202e}\u{2028}\0";

#[test]
fn no_text_of_others_begins_a_line_or_reorders_one() {
    let call = Call::Token;
    let text = || EVIL.to_owned();
    for error in [
        Error::Unavailable { call, why: text(), status: None, retry_after: None },
        Error::BadAnswer { call, why: text() },
        Error::Refused { call, code: text(), help: text() },
        Error::InvalidToken(InvalidToken::Header(text())),
        Error::InvalidToken(InvalidToken::Claim { name: "aud", why: text() }),
        Error::InvalidOption { option: "login_hint", why: text() },
        Error::Store { why: text() },
        Error::UndeclaredResource { resource: text() },
        Error::ScopeNotGranted { scopes: vec![text()], target: text() },
    ] {
        let shown = error.to_string();
        assert!(shown.contains("WARN forged"), "{shown}");
        assert!(!shown.chars().any(crate::shown::is_invisible), "{shown:?}");
    }
    let of_store = StoreError::new(EVIL).to_string();
    assert!(!of_store.chars().any(crate::shown::is_invisible), "{of_store:?}");
}

#[test]
fn of_an_unknown_resource_a_message_shows_the_beginning() {
    let error = Error::UndeclaredResource { resource: "x".repeat(100_000) };
    assert!(error.to_string().len() < 500);
}
