//! Sessions as cookies: one, or several pieces.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::{Attributes, CookieWrite};
use super::{ATTRIBUTES, client, cookies, request, session, stored};
use crate::session::secret::Secret;

const ROOM: Attributes = Attributes { max_bytes: 20_000, ..ATTRIBUTES };

#[test]
fn a_session_is_read_as_it_was_written_in_one_cookie_or_in_pieces() {
    let (cookies, clock) = cookies(ROOM);
    let client = client();
    for (length, count) in [(1, 1), (2_000, 1), (3_000, 2), (6_000, 3)] {
        let session = session(length, clock.now());
        let writes = cookies.of(&session).expect("cookies");
        assert_eq!(writes.len(), count, "{length}");
        let sent = stored(&writes);
        assert!(sent.iter().all(|(_, value)| value.len() <= 3_502), "{length}");
        let request = request(&client, &sent);
        assert_eq!(cookies.session_value(request.inner()), Some(sent[0].1.as_str()));
        let text = cookies.session_text(request.inner()).expect("a text").into_owned();
        let (read, by_older_key) = cookies.unseal_session(&text).expect("a session");
        assert_eq!((read.id, read.claims), (session.id, session.claims));
        assert!(!by_older_key);
        assert_eq!(cookies.all_session_texts(request.inner()), [text]);
        for at in 1..count {
            let mut without = sent.clone();
            without.remove(at);
            let request = super::request(&client, &without);
            assert_eq!(cookies.session_text(request.inner()), None, "{length}: piece {at}");
            assert!(cookies.all_session_texts(request.inner()).is_empty(), "{length}: piece {at}");
        }
    }
    assert_eq!(cookies.session_text(request(&client, &[]).inner()), None);
}

#[test]
fn a_piece_has_as_many_characters_as_browsers_accept_and_no_fewer() {
    let (cookies, clock) = cookies(ROOM);
    let session = session(1, clock.now());
    let pieces = |length: usize| {
        let values = cookies.pieces(&session, Some("y".repeat(length)));
        stored(&values).into_iter().map(|(_, value)| value.len()).collect::<Vec<_>>()
    };
    assert_eq!(pieces(0), [0]);
    assert_eq!(pieces(3_500), [3_500]);
    assert_eq!(pieces(3_501), [3_502, 1]);
    assert_eq!(pieces(7_000), [3_502, 3_500]);
    assert_eq!(pieces(7_001), [3_502, 3_500, 1]);
}

#[test]
fn only_two_or_three_pieces_are_a_session_in_pieces() {
    let (cookies, _) = cookies(ROOM);
    let client = client();
    let name = cookies.names.session().to_owned();
    let piece = |number| (cookies.names.piece(number), "p".to_owned());
    for (first, text) in [
        ("abc", Some("abc")),
        ("2.abc", Some("abcp")),
        ("3.abc", Some("abcpp")),
        ("0.abc", None),
        ("1.abc", None),
        ("4.abc", None),
        ("9.abc", None),
        ("2abc", Some("2abc")),
        ("a.bc", Some("a.bc")),
        ("", Some("")),
    ] {
        let sent = [(name.clone(), first.to_owned()), piece(1), piece(2), piece(3)];
        let request = request(&client, &sent);
        assert_eq!(cookies.session_text(request.inner()).as_deref(), text, "{first}");
        let texts = cookies.all_session_texts(request.inner());
        assert_eq!(texts, Vec::from_iter(text), "{first}");
    }
}

#[test]
fn of_several_cookies_of_one_name_each_is_looked_at_and_no_more_than_three() {
    let (cookies, _) = cookies(ROOM);
    let client = client();
    let named = |value: &str| (cookies.names.session().to_owned(), value.to_owned());
    let other = ("other".to_owned(), "x".to_owned());
    let sent = [named("a"), other, named("b"), named("c"), named("d")];
    let request = request(&client, &sent);
    assert_eq!(cookies.all_session_values(request.inner()), ["a", "b", "c"]);
    assert_eq!(cookies.all_session_texts(request.inner()), ["a", "b", "c"]);
    let piece = |number, value: &str| (cookies.names.piece(number), value.to_owned());
    let sent = [named("2.a"), named("b"), named("9.c"), piece(1, "1"), piece(1, "2")];
    let request = super::request(&client, &sent);
    assert_eq!(cookies.all_session_texts(request.inner()), ["a1", "a2", "b"]);
}

#[test]
fn what_does_not_fit_is_refused_and_the_largest_claims_are_named() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let fits = |length| cookies.check_size(&session(length, clock.now()));
    let refused = fits(7_000).expect_err("too large").to_string();
    for part in ["`logto.session.max_cookie_bytes` is 9000", "`long` (7006 bytes)", "`sub`"] {
        assert!(refused.contains(part), "{refused}");
    }
    assert!(
        !refused.contains("on_sign_in"),
        "nothing is told of values that there are not: {refused}"
    );
    assert!(fits(4_000).is_ok());
    // The limit itself is reached and not exceeded.
    let session = session(100, clock.now());
    let bytes: usize =
        cookies.of(&session).expect("cookies").iter().map(|it| cookies.header_bytes(it)).sum();
    for (max_bytes, is_ok) in [(bytes, true), (bytes - 1, false)] {
        let (cookies, _) = super::cookies(Attributes { max_bytes, ..ATTRIBUTES });
        assert_eq!(cookies.check_size(&session).is_ok(), is_ok);
    }
    let (cookies, _) = super::cookies(Attributes { max_bytes: 1 << 20, ..ATTRIBUTES });
    assert!(cookies.check_size(&super::session(10_000, clock.now())).is_err(), "four pieces");
}

#[test]
fn a_warning_names_the_largest_claims_from_three_quarters_of_the_limit_on() {
    let bytes = {
        let (cookies, clock) = cookies(ATTRIBUTES);
        let writes = cookies.of(&session(300, clock.now())).expect("cookies");
        writes.iter().map(|it| cookies.header_bytes(it)).sum::<usize>()
    };
    for (max_bytes, warned) in [(bytes * 4 / 3 - 2, true), (bytes * 4 / 3 + 2, false)] {
        let (cookies, clock) = cookies(Attributes { max_bytes, ..ATTRIBUTES });
        cookies.check_size(&session(300, clock.now())).expect("it fits");
        assert_eq!(
            cookies.warned_of_size.load(Ordering::Relaxed),
            warned,
            "{max_bytes} of {bytes}"
        );
    }
}

#[test]
fn a_browser_keeps_a_session_as_long_as_it_lives_or_until_it_is_closed() {
    let ages =
        |writes: Vec<CookieWrite>| writes.into_iter().map(|it| it.max_age).collect::<Vec<_>>();
    for persistent in [true, false] {
        let (cookies, clock) = cookies(Attributes { persistent, ..ROOM });
        let mut session = session(3_000, clock.now());
        clock.advance(Duration::from_secs(1_000));
        let left = Duration::from_secs(999_000);
        for (of_session, kept) in [(None, persistent), (Some(true), true), (Some(false), false)] {
            session.persistent = of_session;
            let writes = cookies.of(&session).expect("cookies");
            assert_eq!(ages(writes), [kept.then_some(left); 2], "{persistent} {of_session:?}");
        }
    }
}

#[test]
fn pieces_that_are_left_over_are_deleted_with_the_next_write() {
    let (cookies, clock) = cookies(ROOM);
    let client = client();
    let names = [1, 2].map(|number| cookies.names.piece(number));
    let long = stored(&cookies.of(&session(6_000, clock.now())).expect("cookies"));
    assert_eq!(long.len(), 3);
    let request = request(&client, &long);
    for (length, deleted) in [(1, &names[..]), (3_000, &names[1..]), (6_000, &[])] {
        let writes =
            cookies.writes(&session(length, clock.now()), request.inner()).expect("cookies");
        let deletions = writes.iter().filter(|it| it.value.is_none()).map(|it| it.name.clone());
        assert_eq!(deletions.collect::<Vec<_>>(), deleted, "{length}");
    }
    let unsent = cookies.writes(&session(1, clock.now()), super::request(&client, &[]).inner());
    assert_eq!(unsent.expect("cookies").len(), 1, "what the browser does not have is not deleted");
    let all: Vec<_> = cookies.deletions().into_iter().map(|it| (it.name, it.value)).collect();
    let session = cookies.names.session().to_owned();
    assert_eq!(all, [session, names[0].clone(), names[1].clone()].map(|name| (name, None)));
}

#[test]
fn of_a_session_in_a_store_the_browser_has_the_secret() {
    let (cookies, clock) = cookies(Attributes { max_bytes: 10, ..ROOM });
    let mut session = session(6_000, clock.now());
    let secret = Secret::random();
    let text = secret.reveal().to_owned();
    session.find_by(secret);
    let writes = cookies.of(&session).expect("a secret always fits");
    assert_eq!(stored(&writes), [(cookies.names.session().to_owned(), text)]);
}
