use proptest::prelude::*;

use super::*;
use crate::claims::Claims;
use crate::session::Asked;

const SKEW: u64 = 10;

fn marks(capacity: usize) -> Marks {
    let (remembered_for, skew) = (Duration::from_secs(1_000), Duration::from_secs(SKEW));
    Marks::with_capacity(remembered_for, skew, capacity)
}

fn session(sub: &str, signed_in_at: u64) -> Session {
    let claims = Claims::from_json(&format!(r#"{{"sub":"{sub}"}}"#)).unwrap();
    Session::new(claims, Asked::default(), signed_in_at)
}

/// Whether older claims of the session do not decide, if none were confirmed since.
fn concerns(marks: &Marks, session: &Session, now: u64) -> bool {
    marks.of(session, now).any(|it| !it.mark().is_known_by(session.confirmed_at))
}

#[test]
fn a_mark_concerns_the_sessions_of_its_user_that_began_before_it() {
    let marks = marks(100);
    let (before, after, other) =
        (session("alice", 900), session("alice", 901), session("bob", 900));
    assert!(!concerns(&marks, &before, 900));
    marks.user("alice", 900, 902);
    assert!(concerns(&marks, &before, 902));
    assert!(!concerns(&marks, &after, 902) && !concerns(&marks, &other, 902));
    assert_eq!(marks.count(), 1);
}

#[test]
fn claims_that_were_confirmed_later_than_both_clocks_can_differ_are_newer() {
    let marks = marks(100);
    let mut alice = session("alice", 900);
    marks.user("alice", 950, 1_000);
    for (confirmed_at, concerned) in [(950, true), (970, true), (971, false)] {
        alice.confirmed_at = confirmed_at;
        assert_eq!(concerns(&marks, &alice, 1_000), concerned, "{confirmed_at}");
    }
}

#[test]
fn an_older_report_that_comes_later_takes_nothing_back() {
    let marks = marks(100);
    marks.user("alice", 1_000, 1_000);
    marks.user("alice", 900, 1_001);
    let concern = marks.of(&session("alice", 1_000), 1_001).next().unwrap();
    assert_eq!(concern.mark().number(), 2, "it is newer than what the first one had confirmed");
    assert!(!concern.mark().is_known_by(1_000 + SKEW));
}

#[test]
fn a_mark_of_everybody_reaches_each_session_within_a_minute_and_not_all_at_once() {
    let marks = marks(100);
    let sessions: Vec<_> = (0..600).map(|number| session(&format!("u{number}"), 900)).collect();
    marks.everybody(1_000, 1_000);
    let due = |now| sessions.iter().filter(|it| concerns(&marks, it, now)).count();
    let mut before = 0;
    for now in 1_000..1_060 {
        let due = due(now);
        assert!(due >= before && due - before < 60, "{due} after {before}");
        before = due;
    }
    assert_eq!(before, sessions.len());
}

proptest! {
    /// However many marks of everybody are set: a session is concerned no later than a minute after each,
    /// and once in a minute at most.
    #[test]
    fn each_session_is_asked_about_once_a_minute_and_misses_no_mark(
        mut times in proptest::collection::vec(1_000_u64..1_400, 1..200),
    ) {
        times.sort_unstable();
        let (marks, mut asked, alice) = (marks(100), Vec::new(), session("alice", 900));
        let (mut seen, mut next) = (0, times.iter().copied().peekable());
        let mut unmet = None;
        for now in 1_000..1_500 {
            while next.next_if_eq(&now).is_some() {
                marks.everybody(now, now);
                unmet = unmet.or(Some(now));
            }
            let last = marks.of(&alice, now).map(|it| it.mark().number()).max();
            if last.is_some_and(|number| number > seen) {
                seen = marks.count();
                unmet = None;
                asked.push(now);
            }
            prop_assert!(unmet.is_none_or(|at| now < at + SPREAD), "{unmet:?} at {now}");
        }
        prop_assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= SPREAD), "{asked:?}");
    }
}

#[test]
fn where_there_is_no_room_the_oldest_marks_become_one_of_everybody() {
    let marks = marks(10);
    for number in 0..10 {
        marks.user(&format!("u{number}"), 1_000, 1_000);
    }
    let (merged, kept) = (session("u0", 900), session("u9", 900));
    assert!(!concerns(&marks, &session("another", 900), 1_100));
    marks.user("u10", 1_001, 1_001);
    assert!(marks.read().users.len() <= 10);
    for session in [&merged, &kept, &session("another", 900)] {
        assert!(concerns(&marks, session, 1_100));
    }
    assert!(!concerns(&marks, &session("another", 1_001), 1_100), "it is newer");
}

#[test]
fn what_is_over_is_forgotten_and_a_user_who_is_marked_again_and_again_takes_no_more_room() {
    let marks = marks(10);
    for second in 0..1_000 {
        marks.user("alice", 1_000 + second, 1_000 + second);
        assert!(marks.read().order.len() <= 20);
    }
    for _ in 0..2 {
        marks.user("bob", 5_000, 5_000);
    }
    let marked = marks.read();
    assert_eq!((marked.users.len(), marked.order.len()), (1, 2), "both are bob's");
}

#[test]
fn a_doubt_concerns_everybody_and_is_told_from_a_change() {
    let marks = marks(100);
    marks.doubt(1_000);
    let concerned = |now| {
        let alice = session("alice", 900);
        marks.of(&alice, now).next()
    };
    assert!(matches!(concerned(1_059), Some(Concern::Doubt(_))));
    marks.user("alice", 1_000, 1_000);
    assert!(matches!(concerned(1_059), Some(Concern::Change(_))), "it comes first");
}

#[test]
fn no_more_marks_become_one_of_everybody_than_room_is_needed_for() {
    let marks = marks(20);
    for number in 0..20 {
        marks.user(&format!("u{number}"), 1_000 + number, 1_000);
    }
    marks.user("u20", 1_100, 1_100);
    assert!(concerns(&marks, &session("another", 1_001), 1_200), "the two oldest");
    assert!(!concerns(&marks, &session("another", 1_002), 1_200));
    assert!(concerns(&marks, &session("u19", 1_002), 1_200), "its own is left");
}

/// A session has its own second of a minute for such a mark, but its requests come at any time.
#[test]
fn a_mark_that_has_reached_a_session_is_not_hidden_by_later_ones() {
    let marks = marks(100);
    for second in 1_000..1_300 {
        for _ in 0..3 {
            marks.everybody(second, second);
        }
    }
    let all = (0..20).map(|number| session(&format!("u{number}"), 900));
    assert!(all.into_iter().all(|session| concerns(&marks, &session, 1_299)));
    let kept = marks.read().changes.0.len();
    assert!(kept <= 61, "{kept}: more than those of a minute and one before");
}
