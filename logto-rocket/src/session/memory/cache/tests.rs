//! The cache of decrypted sessions: what it finds, for how long, and which caller writes a session again.

use std::time::Duration;

use super::*;
use crate::session::Asked;

const NOW: u64 = 1_800_000_000;

fn session() -> Session {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    Session::new(claims, Asked::default(), NOW)
}

fn cached(now: u64) -> CachedSession {
    CachedSession::new(session(), false, None, now)
}

#[test]
fn a_session_is_found_by_all_of_its_text_and_for_its_host_only() {
    let cache = SessionCache::default();
    let text = "0123456789abcdef-one";
    let kept = cache.insert(text, cached(NOW));
    let found = cache.get(text, HostId::FIRST).expect("the session");
    assert!(Arc::ptr_eq(&found, &kept));
    assert!(cache.get("0123456789abcdef-two", HostId::FIRST).is_none());
    assert!(cache.get("0123456789abcdef", HostId::FIRST).is_none());
    let other = HostId::new(1);
    assert!(cache.get(text, other).is_none());
    cache.forget(text);
    assert!(cache.get(text, HostId::FIRST).is_none());
}

#[test]
fn a_session_is_forgotten_an_hour_after_it_was_unsealed() {
    let cache = SessionCache::default();
    let is_there = |text: &str| cache.get(text, HostId::FIRST).is_some();
    cache.insert("first", cached(NOW));
    cache.insert("second", cached(NOW + 3599));
    assert!(is_there("first"));
    // Expired sessions are removed every ten minutes.
    cache.insert("third", cached(NOW + 3600));
    assert!(is_there("first"));
    cache.insert("fourth", cached(NOW + 3599 + 600));
    assert_eq!(["first", "second", "third", "fourth"].map(is_there), [false, true, true, true]);
}

#[test]
fn a_session_counts_as_new_for_an_hour_to_the_second() {
    for (later, is_there) in [(3599, true), (3600, false)] {
        let cache = SessionCache::default();
        cache.insert("first", cached(NOW));
        cache.insert("second", cached(NOW + later));
        assert_eq!(cache.get("first", HostId::FIRST).is_some(), is_there, "{later}");
    }
}

#[test]
fn one_at_a_time_writes_a_session_again_and_after_a_failure_a_later_one() {
    let cached = cached(NOW);
    assert!(cached.claim_writing(NOW));
    assert!(!cached.claim_writing(NOW), "another one writes it");
    cached.give_up_writing(NOW + 60);
    assert!(!cached.claim_writing(NOW + 59));
    assert!(cached.claim_writing(NOW + 60));
}

#[test]
fn whether_a_session_has_ended_is_looked_up_again_when_anything_has_ended() {
    let ended = EndedSessions::new(Duration::from_secs(3600));
    let cached = cached(NOW);
    let verdict = || cached.verdict(&cached.session, &ended);
    assert_eq!(verdict(), Verdict::Alive);
    let other = session();
    ended.end(&other.id, NOW, NOW);
    assert_eq!(verdict(), Verdict::Alive, "another one has ended");
    ended.end(&cached.session.id, NOW, NOW);
    assert_eq!(verdict(), Verdict::Ended);
    assert_eq!(verdict(), Verdict::Ended);
}

/// The end of the newest state counts, although the browser has sent an older state.
#[test]
fn the_verdict_is_about_the_newest_state_of_a_session() {
    let ended = EndedSessions::new(Duration::from_secs(3600));
    let cached = cached(NOW);
    assert_eq!(cached.verdict(&cached.session, &ended), Verdict::Alive);
    let other = Arc::new(session());
    ended.end(&other.id, NOW, NOW);
    assert_eq!(cached.verdict(&other, &ended), Verdict::Ended);
    assert_eq!(cached.verdict(&cached.session, &ended), Verdict::Alive);
}

/// A session takes the bytes of its texts, and twice the bytes of its claims: as JSON and parsed.
#[test]
fn what_sessions_take_is_counted_with_all_that_belongs_to_them() {
    let weight =
        |text: &str, cached: CachedSession| ByBytes.weight(&text.into(), &Arc::new(cached));
    let plain = weight("", cached(NOW));
    assert!(plain >= 500 + 2 * 14, "{plain}");
    assert_eq!(weight("0123456789", cached(NOW)), plain + 10);
    let id = session().id.store_id();
    let stored = CachedSession::new(session(), false, Some((id, "01234".into())), NOW);
    assert_eq!(weight("", stored), plain + 5);
    let mut more = session();
    let claims = Claims::from_json(r#"{"sub":"k3d9","name":"Ada"}"#).unwrap();
    more.claims = Arc::new(claims);
    let more = CachedSession::new(more, false, None, NOW);
    assert_eq!(weight("", more), plain + 2 * r#","name":"Ada""#.len() as u64);
}
