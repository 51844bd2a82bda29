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
fn renewed(live: &Live, count: usize) -> Vec<Arc<Session>> {
    let renew = |_| {
        let session = session();
        live.record(&session, Instant::now()).advance(|_| {});
        session
    };
    (0..count).map(renew).collect()
}

fn newest(live: &Live, session: &Session) -> Option<u64> {
    live.newest(&session.id).map(|newest| newest.generation)
}

#[test]
fn a_hundred_thousand_sessions_push_out_no_generation_that_a_token_request_made() {
    let live = Live::new(false);
    let renewed = renewed(&live, MAX_LIVE / 10);
    let ordinary: Vec<_> = (0..100_000)
        .map(|_| {
            let session = session();
            live.record(&session, Instant::now());
            session
        })
        .collect();
    assert!(live.records.read().unwrap().len() <= MAX_LIVE);
    assert_eq!(newest(&live, &ordinary[0]), None, "some had to go");
    for session in renewed {
        assert_eq!(newest(&live, &session), Some(1));
    }
}

#[test]
fn a_generation_that_its_browser_has_seen_may_go() {
    let live = Live::new(false);
    let [seen, unseen] = [renewed(&live, 1), renewed(&live, 1)].map(|mut one| one.remove(0));
    let shown = live.newest(&seen.id).unwrap();
    live.meet(&shown, &Clock::system());
    for _ in 0..2 * MAX_LIVE {
        live.record(&session(), Instant::now());
    }
    assert_eq!(newest(&live, &seen), None);
    assert_eq!(newest(&live, &unseen), Some(1));
}

#[test]
fn where_no_browser_has_seen_any_those_go_that_are_unused_for_longest() {
    let live = Live::new(false);
    let renewed = renewed(&live, MAX_LIVE);
    live.record(&session(), Instant::now());
    let (gone, kept) = renewed.split_at(MAX_LIVE / 10);
    assert!(gone.iter().all(|session| newest(&live, session).is_none()));
    assert!(kept.iter().all(|session| newest(&live, session) == Some(1)));
}

#[test]
fn a_session_that_is_at_work_does_not_go() {
    let live = Live::new(false);
    let busy = session();
    let record = live.record(&busy, Instant::now());
    for _ in 0..2 * MAX_LIVE {
        live.record(&session(), Instant::now());
    }
    assert!(live.get(&busy.id).is_some_and(|found| Arc::ptr_eq(&found, &record)));
}

/// Another process has written that the session was seen, which makes a generation of the same
/// number, before the store has what a token request of this one brought.
#[test]
fn what_the_store_does_not_have_yet_is_not_given_up_for_an_equal_generation() {
    let live = Live::new(true);
    let session = session();
    let newer = Claims::from_json(r#"{"sub":"k3d9","name":"Newer"}"#).unwrap();
    let record = live.record(&session, Instant::now());
    record.advance(|session| session.claims = Arc::new(newer));
    let theirs = Arc::new(Session { generation: 1, ..Session::clone(&session) });
    assert_eq!(live.meet(&theirs, &Clock::system()).claims.name.as_deref(), Some("Newer"));
    assert_eq!(record.session().claims.name.as_deref(), Some("Newer"));
}
