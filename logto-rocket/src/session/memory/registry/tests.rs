use std::time::Duration;

use super::room::MAX_ENTRIES;
use super::*;
use crate::claims::Claims;
use crate::oidc::RefreshToken;
use crate::session::Asked;

const NOW: u64 = 1_800_000_000;
const HOUR: Duration = Duration::from_secs(3600);
const AGES: Ages = Ages { seen: HOUR, unseen: Duration::from_secs(2 * 3600), irreplaceable: DAY };
const DAY: Duration = Duration::from_secs(24 * 3600);

fn registry() -> Registry {
    Registry::new(false, AGES)
}

fn session() -> Arc<Session> {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    Arc::new(Session::new(claims, Asked::default(), NOW))
}

/// Adds so many sessions.
fn fill(registry: &Registry, count: usize, now: Instant) -> Vec<Arc<Session>> {
    let add = |_| {
        let session = session();
        registry.entry(&session, now);
        session
    };
    (0..count).map(add).collect()
}

/// Sessions of which a token request made a generation that no browser has seen, with the refresh token
/// that they had.
fn confirmed(registry: &Registry, count: usize, now: Instant) -> Vec<Arc<Session>> {
    let sessions = fill(registry, count, now);
    for session in &sessions {
        registry.entry(session, now).advance(|_| {});
    }
    sessions
}

/// The same with another refresh token.
fn rotated(registry: &Registry, count: usize, now: Instant) -> Vec<Arc<Session>> {
    let sessions = fill(registry, count, now);
    for session in &sessions {
        let token = Some(RefreshToken::from("another"));
        registry.entry(session, now).advance(|session| session.refresh_token = token);
    }
    sessions
}

fn newest(registry: &Registry, session: &Session) -> Option<u64> {
    registry.newest(&session.id).map(|newest| newest.generation)
}

fn len(registry: &Registry) -> usize {
    registry.entries.read().unwrap().len()
}

#[test]
fn a_hundred_thousand_sessions_push_out_no_refresh_token_that_logto_may_honour_alone() {
    let (registry, now) = (registry(), Instant::now());
    let rotated = rotated(&registry, MAX_ENTRIES / 10, now);
    let ordinary = fill(&registry, 100_000, now);
    assert!(len(&registry) <= MAX_ENTRIES);
    assert_eq!(newest(&registry, &ordinary[0]), None, "some had to go");
    for session in rotated {
        assert_eq!(newest(&registry, &session), Some(1));
    }
}

/// Guards against this mistake: what no browser had seen was never forgotten, so that at the limit each
/// newcomer went as soon as it had come.
#[test]
fn a_newcomer_has_room_however_many_generations_no_browser_has_seen() {
    for full in [confirmed, rotated] {
        let (registry, now) = (registry(), Instant::now());
        full(&registry, MAX_ENTRIES, now);
        let newcomers = fill(&registry, 200, now);
        assert!(newcomers.iter().all(|session| newest(&registry, session).is_some()));
        assert!(len(&registry) <= MAX_ENTRIES);
    }
}

#[test]
fn a_generation_whose_refresh_token_its_browser_has_sent_may_go() {
    let (registry, now) = (registry(), Instant::now());
    let [seen, unseen] = [(); 2].map(|()| rotated(&registry, 1, now).remove(0));
    let shown = registry.newest(&seen.id).unwrap();
    registry.reconcile(&shown, &Clock::system());
    fill(&registry, 4 * MAX_ENTRIES, now + HOUR / 2);
    assert_eq!(newest(&registry, &seen), None);
    assert_eq!(newest(&registry, &unseen), Some(1));
}

/// Guards against this mistake: an hour after its last use a session was forgotten whose browser had sent its
/// newest refresh token once, and an older cookie made Logto end it.
#[test]
fn a_session_whose_older_cookies_hold_a_used_refresh_token_is_remembered_to_its_end() {
    let (registry, now) = (registry(), Instant::now());
    let session = rotated(&registry, 1, now).remove(0);
    registry.reconcile(&registry.newest(&session.id).unwrap(), &Clock::system());
    fill(&registry, 100, now + 23 * HOUR);
    assert_eq!(newest(&registry, &session), Some(1));
    fill(&registry, 200, now + DAY);
    assert_eq!(newest(&registry, &session), None);
}

#[test]
fn each_is_forgotten_when_its_time_is_over() {
    let (registry, now) = (registry(), Instant::now());
    let (seen, unseen) =
        (fill(&registry, 1, now).remove(0), confirmed(&registry, 1, now).remove(0));
    let alone = rotated(&registry, 1, now).remove(0);
    let remembered = |hours: u32| {
        fill(&registry, 100, now + hours * HOUR);
        [&seen, &unseen, &alone].map(|session| newest(&registry, session).is_some())
    };
    assert_eq!(remembered(0), [true; 3]);
    assert_eq!(remembered(1), [false, true, true]);
    assert_eq!(remembered(2), [false, false, true]);
    assert_eq!(remembered(23), [false, false, true]);
    assert_eq!(remembered(24), [false; 3]);
    assert!(len(&registry) <= 300, "{}", len(&registry));
}

#[test]
fn a_session_that_is_at_work_does_not_go() {
    let (registry, now) = (registry(), Instant::now());
    let busy = session();
    let entry = registry.entry(&busy, now);
    fill(&registry, 2 * MAX_ENTRIES, now + 2 * DAY);
    assert!(registry.get(&busy.id).is_some_and(|found| Arc::ptr_eq(&found, &entry)));
}

/// Another process has written that the session was seen, which makes a generation of the same
/// number, before the store has what a token request of this one brought.
#[test]
fn what_the_store_does_not_have_yet_is_not_given_up_for_an_equal_generation() {
    let registry = Registry::new(true, AGES);
    let session = session();
    let newer = Claims::from_json(r#"{"sub":"k3d9","name":"Newer"}"#).unwrap();
    let entry = registry.entry(&session, Instant::now());
    entry.advance(|session| session.claims = Arc::new(newer));
    let theirs = Arc::new(Session { generation: 1, ..Session::clone(&session) });
    assert_eq!(registry.reconcile(&theirs, &Clock::system()).claims.name.as_deref(), Some("Newer"));
    assert_eq!(entry.session().claims.name.as_deref(), Some("Newer"));
}
