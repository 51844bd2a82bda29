use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::claims::Claims;
use crate::session::Asked;

const LIFETIME: u64 = 10_000;

fn ended(capacity: usize) -> EndedSessions {
    EndedSessions::with_capacity(Duration::from_secs(LIFETIME), capacity)
}

fn session(sub: &str, sid: Option<&str>, signed_in_at: u64) -> Session {
    let claims = Claims::from_json(&json!({ "sub": sub, "sid": sid }).to_string()).unwrap();
    Session::new(claims, Asked::default(), signed_in_at)
}

fn end(ended: &EndedSessions, session: &Session, now: u64) {
    ended.end(&session.id, session.signed_in_at, now);
}

#[test]
fn a_session_ends_by_its_id_and_no_other_does() {
    let ended = ended(100);
    let (one, other) = (session("a", None, 1_000), session("a", None, 1_000));
    end(&ended, &one, 2_000);
    assert_eq!(ended.verdict(&one), Verdict::Ended);
    assert_eq!(ended.verdict(&other), Verdict::Alive);
}

#[test]
fn a_sid_ends_each_session_that_has_it_whenever_it_was_signed_in() {
    let ended = ended(100);
    ended.end_sid("s1", 2_000);
    assert_eq!(ended.verdict(&session("a", Some("s1"), 1_000)), Verdict::Ended);
    assert_eq!(ended.verdict(&session("a", Some("s1"), 2_030)), Verdict::Ended, "late callback");
    assert_eq!(ended.verdict(&session("a", Some("s2"), 1_000)), Verdict::Alive);
    assert_eq!(ended.verdict(&session("a", None, 1_000)), Verdict::Alive);
}

#[test]
fn a_sub_ends_what_was_signed_in_not_after_the_instant_and_an_earlier_one_does_not_shorten_it() {
    let ended = ended(100);
    ended.end_sub("a", 2_000, 2_000);
    ended.end_sub("a", 1_500, 2_001);
    assert_eq!(ended.verdict(&session("a", Some("s"), 1_000)), Verdict::Ended);
    assert_eq!(ended.verdict(&session("a", None, 2_000)), Verdict::Ended);
    assert_eq!(ended.verdict(&session("a", None, 2_001)), Verdict::Alive);
    assert_eq!(ended.verdict(&session("b", None, 1_000)), Verdict::Alive);
}

#[test]
fn what_no_longer_fits_one_by_one_is_believed_only_once_it_was_confirmed() {
    let ended = ended(100);
    let sessions: Vec<_> = (0..=100).map(|at| session("a", None, 1_000 + at)).collect();
    for session in &sessions {
        end(&ended, session, 5_000);
    }
    let (merged, kept) = sessions.split_at(10);
    assert!(merged.iter().all(|session| ended.verdict(session) != Verdict::Alive));
    assert!(kept.iter().all(|session| ended.verdict(session) == Verdict::Ended));
    let mut confirmed = session("b", None, 1_003);
    assert_eq!(ended.verdict(&confirmed), Verdict::Doubtful, "it is not known");
    confirmed.confirmed_at = 5_000;
    assert_eq!(ended.verdict(&confirmed), Verdict::Doubtful, "not later than the merge");
    confirmed.confirmed_at = 5_001;
    assert_eq!(ended.verdict(&confirmed), Verdict::Alive);
    assert_eq!(ended.verdict(&session("b", None, 1_010)), Verdict::Alive, "a later sign-in");
}

/// What ends after a merge is known, however long ago it was signed in.
#[test]
fn a_session_that_ends_after_a_merge_has_ended_though_it_was_confirmed() {
    let ended = ended(100);
    let mut old = session("b", None, 900);
    let mut again = session("c", None, 901);
    end(&ended, &again, 4_000);
    for at in 0..=100 {
        end(&ended, &session("a", None, 1_000 + at), 5_000);
    }
    for session in [&mut old, &mut again] {
        session.confirmed_at = 5_001;
        end(&ended, session, 5_002);
    }
    for at in 0..5 {
        end(&ended, &session("a", None, 2_000 + at), 5_003);
    }
    assert_eq!([&old, &again].map(|session| ended.verdict(session)), [Verdict::Ended; 2]);
}

/// Guards against this mistake: what had piled up was removed in one go, under the lock.
#[test]
fn no_ending_waits_for_the_removal_of_all_that_piled_up() {
    let ended = EndedSessions::new(Duration::from_secs(LIFETIME));
    for number in 0..MAX_ENDED {
        ended.end_sid(&format!("session {number}"), 1_000);
    }
    let count = || ended.read().by_sid.len();
    ended.end_sid("one more", 1_001);
    assert!(count() > MAX_ENDED - 20, "{}", count());
    ended.end_sid("long after", 1_002 + LIFETIME + MARGIN);
    assert!(count() > MAX_ENDED - 60, "{}", count());
}

#[test]
fn what_would_be_over_anyway_makes_room() {
    let ended = ended(100);
    for number in 0..1_000 {
        let now = 1_000 + number * (LIFETIME + MARGIN);
        ended.end_sub(&format!("user {number}"), now, now);
        ended.end_sid(&format!("session {number}"), now);
        end(&ended, &session("a", None, now), now);
    }
    assert_eq!(ended.read().order.len(), 3);
    assert_eq!(ended.read().merged.before, 0, "no other session is ended with them");
}

#[test]
fn each_ending_raises_the_version() {
    let ended = ended(100);
    assert_eq!(ended.version(), 0);
    ended.end_sid("s", 1_000);
    ended.end_sub("a", 1_000, 1_000);
    end(&ended, &session("a", None, 1_000), 1_000);
    assert_eq!(ended.version(), 3);
}

/// One step of a made-up history; the number chooses the session, sid or user.
#[derive(Clone, Debug)]
enum Step {
    Id(usize),
    Sid(usize),
    Sub(usize, u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..20_usize).prop_map(Step::Id),
        2 => (0..4_usize).prop_map(Step::Sid),
        2 => (0..4_usize, 0..300_u64).prop_map(|(user, ago)| Step::Sub(user, ago)),
        3 => (1..4_000_u64).prop_map(Step::Wait),
    ]
}

proptest! {
    /// The model remembers everything. What has ended is never alive, what has not is at most
    /// doubtful, and without a lack of room both are right.
    #[test]
    fn it_agrees_with_a_memory_without_bounds(
        steps in vec(step(), 0..80),
        capacity in prop_oneof![Just(3_usize), Just(12), Just(1_000)],
    ) {
        let ended = ended(capacity);
        let sessions: Vec<_> = (0..20_u64)
            .map(|n| session(&format!("u{}", n % 4), Some(&format!("s{}", n % 5)), 1_000 + n * 40))
            .collect();
        let mut model = vec![false; sessions.len()];
        let mut now = 2_000;
        for step in steps {
            let over: Vec<_> = sessions
                .iter()
                .map(|session| now >= session.signed_in_at + LIFETIME)
                .collect();
            let version = ended.version();
            match step {
                Step::Wait(time) => {
                    now += time;
                    continue;
                }
                Step::Id(n) => {
                    end(&ended, &sessions[n], now);
                    model[n] = true;
                }
                Step::Sid(sid) => {
                    ended.end_sid(&format!("s{sid}"), now);
                    mark(&mut model, &sessions, |s| s.claims.sid == Some(format!("s{sid}")));
                }
                Step::Sub(user, ago) => {
                    ended.end_sub(&format!("u{user}"), now - ago, now);
                    mark(&mut model, &sessions, |s| {
                        *s.claims.sub == format!("u{user}") && s.signed_in_at <= now - ago
                    });
                }
            }
            prop_assert!(ended.version() > version);
            prop_assert!(ended.read().order.len() <= capacity);
            for ((session, model), over) in sessions.iter().zip(&model).zip(over) {
                let verdict = ended.verdict(session);
                if over {
                    continue;
                }
                if *model {
                    prop_assert_ne!(verdict, Verdict::Alive);
                } else {
                    prop_assert_ne!(verdict, Verdict::Ended);
                }
                if capacity == 1_000 {
                    prop_assert_ne!(verdict, Verdict::Doubtful);
                }
                let later = Session { confirmed_at: now + 1, ..Session::clone(session) };
                prop_assert_ne!(ended.verdict(&later), Verdict::Doubtful);
            }
        }
    }
}

fn mark(model: &mut [bool], sessions: &[Session], which: impl Fn(&Session) -> bool) {
    for (ended, session) in model.iter_mut().zip(sessions) {
        *ended |= which(session);
    }
}

#[test]
fn it_is_shared_by_threads() {
    let ended = Arc::new(ended(1_000));
    let sessions: Vec<_> = (0..400).map(|at| session("a", None, 1_000 + at)).collect();
    std::thread::scope(|scope| {
        for part in sessions.chunks(100) {
            let ended = &ended;
            scope.spawn(move || {
                for session in part {
                    end(ended, session, 2_000);
                    assert_eq!(ended.verdict(session), Verdict::Ended);
                }
            });
        }
    });
    assert_eq!(ended.version(), 400);
}

#[test]
fn what_logto_times_is_compared_with_its_own_time() {
    let ended = ended(100);
    let [before, after] = [1_500, 1_501].map(|issued_at| {
        let session = session("a", None, 1_000);
        Session { issued_at, ..session }
    });
    ended.end_sub_at_logto("a", 1_500, 2_000);
    assert_eq!(ended.verdict(&before), Verdict::Ended);
    assert_eq!(ended.verdict(&after), Verdict::Alive);
    assert_eq!(ended.verdict(&session("b", None, 1_000)), Verdict::Alive);
    ended.end_sub_at_logto("a", 1_400, 2_000);
    assert_eq!(ended.verdict(&before), Verdict::Ended, "an older report takes nothing back");
}

#[test]
fn what_logto_times_is_doubtful_after_the_merge_by_either_clock() {
    let ended = ended(10);
    // Logto's clock is behind, so that its instant is before the sign-in by ours.
    let session = Session { issued_at: 1_400, ..session("a", None, 1_500) };
    ended.end_sub_at_logto("a", 1_400, 1_500);
    for second in 0..30 {
        ended.end_sub_at_logto(&format!("u{second}"), 1_401, 1_600 + second);
    }
    assert_eq!(ended.verdict(&session), Verdict::Doubtful);
}
