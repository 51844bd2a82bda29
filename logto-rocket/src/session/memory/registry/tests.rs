use super::*;
use crate::claims::Claims;
use crate::session::Asked;

const NOW: u64 = 1_800_000_000;

fn session() -> Arc<Session> {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    Arc::new(Session::new(claims, Asked::default(), NOW))
}

/// Sessions of which a token request made a generation that no browser has seen, longest unused
/// first.
fn renewed(registry: &Registry, count: usize) -> Vec<Arc<Session>> {
    let renew = |_| {
        let session = session();
        registry.entry(&session, Instant::now()).advance(|_| {});
        session
    };
    (0..count).map(renew).collect()
}

fn newest(registry: &Registry, session: &Session) -> Option<u64> {
    registry.newest(&session.id).map(|newest| newest.generation)
}

#[test]
fn a_hundred_thousand_sessions_push_out_no_generation_that_a_token_request_made() {
    let registry = Registry::new(false);
    let renewed = renewed(&registry, MAX_ENTRIES / 10);
    let ordinary: Vec<_> = (0..100_000)
        .map(|_| {
            let session = session();
            registry.entry(&session, Instant::now());
            session
        })
        .collect();
    assert!(registry.entries.read().unwrap().len() <= MAX_ENTRIES);
    assert_eq!(newest(&registry, &ordinary[0]), None, "some had to go");
    for session in renewed {
        assert_eq!(newest(&registry, &session), Some(1));
    }
}

#[test]
fn a_generation_that_its_browser_has_seen_may_go() {
    let registry = Registry::new(false);
    let [seen, unseen] =
        [renewed(&registry, 1), renewed(&registry, 1)].map(|mut one| one.remove(0));
    let shown = registry.newest(&seen.id).unwrap();
    registry.reconcile(&shown, &Clock::system());
    for _ in 0..2 * MAX_ENTRIES {
        registry.entry(&session(), Instant::now());
    }
    assert_eq!(newest(&registry, &seen), None);
    assert_eq!(newest(&registry, &unseen), Some(1));
}

#[test]
fn where_no_browser_has_seen_any_those_go_that_are_unused_for_longest() {
    let registry = Registry::new(false);
    let renewed = renewed(&registry, MAX_ENTRIES);
    registry.entry(&session(), Instant::now());
    let (gone, kept) = renewed.split_at(MAX_ENTRIES / 10);
    assert!(gone.iter().all(|session| newest(&registry, session).is_none()));
    assert!(kept.iter().all(|session| newest(&registry, session) == Some(1)));
}

#[test]
fn a_session_that_is_at_work_does_not_go() {
    let registry = Registry::new(false);
    let busy = session();
    let entry = registry.entry(&busy, Instant::now());
    for _ in 0..2 * MAX_ENTRIES {
        registry.entry(&session(), Instant::now());
    }
    assert!(registry.get(&busy.id).is_some_and(|found| Arc::ptr_eq(&found, &entry)));
}

/// Another process has written that the session was seen, which makes a generation of the same
/// number, before the store has what a token request of this one brought.
#[test]
fn what_the_store_does_not_have_yet_is_not_given_up_for_an_equal_generation() {
    let registry = Registry::new(true);
    let session = session();
    let newer = Claims::from_json(r#"{"sub":"k3d9","name":"Newer"}"#).unwrap();
    let entry = registry.entry(&session, Instant::now());
    entry.advance(|session| session.claims = Arc::new(newer));
    let theirs = Arc::new(Session { generation: 1, ..Session::clone(&session) });
    assert_eq!(registry.reconcile(&theirs, &Clock::system()).claims.name.as_deref(), Some("Newer"));
    assert_eq!(entry.session().claims.name.as_deref(), Some("Newer"));
}
