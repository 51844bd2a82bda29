//! Which access tokens are stored, for how long, and for which use.

use std::time::{Duration, Instant};

use super::*;
use crate::claims::Claims;
use crate::session::memory::Marks;
use crate::session::session::Session;
use crate::session::{Asked, memory::Concern};
use crate::sync::Arc;

const NOW: u64 = 1_800_000_000;

fn session() -> Arc<Session> {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    Arc::new(Session::new(claims, Asked::default(), NOW))
}

fn entry() -> Entry {
    Entry::new(&session(), Arc::default(), false, Instant::now())
}

fn target(name: &str) -> TokenTarget {
    TokenTarget { resource: Some(name.into()), organization: None }
}

/// A token that is renewed after 50 seconds, and expires after a minute.
fn token(text: &str, fetched_at: u64) -> CachedToken {
    CachedToken {
        text: AccessToken::from(text),
        scopes: Vec::new(),
        renew_at: fetched_at + 50,
        expires_at: fetched_at + 60,
        fetched_at,
        marks: 0,
    }
}

fn text(token: Option<CachedToken>) -> Option<String> {
    token.map(|token| token.text.reveal().to_owned())
}

#[test]
fn a_token_is_renewed_before_it_expires_and_is_good_until_then() {
    let (entry, target) = (entry(), target("a"));
    entry.add_token(target.clone(), token("t", NOW), NOW);
    let there = |at| {
        [
            entry.token(&target, Use::Call, at).is_some(),
            entry.expiring_token(&target, Use::Call, at).is_some(),
            !entry.tokens(at).is_empty(),
        ]
    };
    assert_eq!(there(NOW + 49), [true; 3]);
    assert_eq!(there(NOW + 50), [false, true, true]);
    assert_eq!(there(NOW + 59), [false, true, true]);
    assert_eq!(there(NOW + 60), [false; 3]);
    assert_eq!(there(NOW + 61), [false; 3]);
    assert!(entry.token(&self::target("b"), Use::Call, NOW).is_none(), "it is for another target");
}

#[test]
fn a_token_decides_while_it_is_new_enough_and_serves_for_calls_longer() {
    let (entry, target) = (entry(), target("a"));
    entry.add_token(target.clone(), token("t", NOW), NOW);
    let within = Use::Decision(Some(Duration::from_secs(10)));
    let decides = |at| {
        [
            entry.token(&target, within, at).is_some(),
            entry.expiring_token(&target, within, at).is_some(),
        ]
    };
    assert_eq!(decides(NOW + 9), [true; 2]);
    assert_eq!(decides(NOW + 10), [false; 2]);
    assert!(entry.token(&target, Use::Call, NOW + 10).is_some());
    assert!(entry.token(&target, Use::Decision(None), NOW + 10).is_some());
    entry.advance(|session| session.marks = 1);
    assert!(entry.token(&target, Use::Decision(None), NOW).is_none(), "it is from before the mark");
    assert!(entry.token(&target, Use::Call, NOW).is_some());
}

#[test]
fn a_token_that_was_refused_is_forgotten_and_not_the_one_in_its_place() {
    let (entry, target) = (entry(), target("a"));
    entry.add_token(target.clone(), token("new", NOW), NOW);
    entry.forget_token(&target, &AccessToken::from("old"));
    assert_eq!(text(entry.token(&target, Use::Call, NOW)).as_deref(), Some("new"));
    entry.forget_token(&target, &AccessToken::from("new"));
    assert!(entry.token(&target, Use::Call, NOW).is_none());
}

#[test]
fn nothing_is_left_of_tokens_that_are_cleared() {
    let entry = entry();
    for name in ["a", "b"] {
        entry.add_token(target(name), token(name, NOW), NOW);
    }
    assert_eq!(entry.tokens(NOW).len(), 2);
    entry.clear_tokens();
    assert!(entry.tokens(NOW).is_empty());
}

/// The token after a hundred replaces all expired tokens, or all tokens if none has expired.
#[test]
fn no_more_than_a_hundred_tokens_are_remembered() {
    let entry = entry();
    let add = |name: usize, at| entry.add_token(target(&name.to_string()), token("t", at), at);
    (0..60).for_each(|name| add(name, NOW));
    (60..100).for_each(|name| add(name, NOW + 30));
    assert_eq!(entry.tokens(NOW + 30).len(), 100, "there is room for them");
    add(100, NOW + 60);
    assert_eq!(entry.tokens(NOW).len(), 41, "those of the first minute have expired");
    (101..160).for_each(|name| add(name, NOW + 61));
    assert_eq!(entry.tokens(NOW).len(), 100);
    add(160, NOW + 62);
    assert_eq!(entry.tokens(NOW).len(), 1, "all were good");
}

#[test]
fn a_mark_is_met_by_claims_that_came_after_it() {
    let (entry, marks) = (entry(), Marks::new(Duration::from_secs(1_000), Duration::from_secs(10)));
    marks.user("k3d9", NOW, NOW);
    let Some(Concern::Change(mark)) = marks.of(&session(), NOW).next() else {
        panic!("the mark concerns the session")
    };
    assert!(!entry.has_seen(mark));
    entry.saw(marks.count());
    assert!(entry.has_seen(mark));
}

/// The other process did not know the mark, so only its clock decides which tokens are older.
#[test]
fn tokens_from_before_a_mark_go_when_another_process_has_confirmed_the_claims() {
    let (entry, marks) = (entry(), Marks::new(Duration::from_secs(1_000), Duration::from_secs(10)));
    marks.user("k3d9", NOW, NOW);
    let mark = marks.of(&session(), NOW).next().map(Concern::mark).expect("a mark");
    entry.add_token(target("a"), token("before", NOW + 10), NOW);
    entry.add_token(target("b"), token("after", NOW + 11), NOW);
    entry.was_confirmed_after(mark);
    assert!(entry.has_seen(mark));
    assert!(entry.token(&target("a"), Use::Call, NOW).is_none());
    assert_eq!(text(entry.token(&target("b"), Use::Call, NOW)).as_deref(), Some("after"));
}
