//! How much space the cookies of sign-ins take in one browser.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::{AskedInFlow, CookieWrite, Cookies, Flow};
use super::{ATTRIBUTES, client, cookies, request, stored};
use crate::clock::Clock;
use crate::oidc::Verifier;
use crate::session::session::Asked;

/// A sign-in that begins now, with a page to return to of this length. The number distinguishes it from others.
fn flow(number: u32, page: usize, clock: &Clock) -> Flow {
    let verifier = Verifier::from(format!("{number:043}"));
    let asked = AskedInFlow::new(&[], &[], &Asked::default());
    let return_to = format!("/{}", "p".repeat(page)).parse().ok();
    Flow { return_to, ..Flow::new(verifier, asked, clock.now()) }
}

/// Starts a sign-in in a browser with these cookies, and returns what the response writes.
fn begin(cookies: &Cookies, browser: &mut Vec<(String, String)>, flow: &Flow) -> Vec<CookieWrite> {
    let client = client();
    let flows = cookies.flows(request(&client, browser).inner());
    let writes = cookies.begin_flow(flow, &flows);
    browser.retain(|(name, _)| writes.iter().all(|write| write.name != *name));
    browser.extend(stored(&writes));
    writes
}

fn has(cookies: &Cookies, browser: &[(String, String)], flow: &Flow) -> bool {
    page(cookies, browser, flow).is_some()
}

/// The page to return to of a sign-in of this browser, empty if it has none; `None` if the sign-in is not there.
fn page(cookies: &Cookies, browser: &[(String, String)], flow: &Flow) -> Option<String> {
    let client = client();
    let found = cookies.flow(request(&client, browser).inner(), flow.state().reveal())?;
    Some(found.return_to.map(String::from).unwrap_or_default())
}

fn bytes(browser: &[(String, String)]) -> usize {
    browser.iter().map(|(name, value)| name.len() + value.len() + 3).sum()
}

#[test]
fn five_sign_ins_have_room_and_a_sixth_takes_that_of_the_oldest() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let mut browser = Vec::new();
    let mut begun = Vec::new();
    for number in 0..5 {
        let flow = flow(number, 10, &clock);
        let writes = begin(&cookies, &mut browser, &flow);
        assert_eq!(writes.len(), 1);
        begun.push(flow);
        clock.advance(Duration::from_secs(1));
        let kept = begun.iter().filter(|flow| has(&cookies, &browser, flow)).count();
        assert_eq!(kept, begun.len(), "the first five take nobody's room");
    }
    let slots: BTreeSet<_> = browser.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(slots, (0..5).map(|slot| cookies.names.flow(slot)).collect());
    for number in 5..8 {
        let flow = flow(number, 10, &clock);
        begin(&cookies, &mut browser, &flow);
        begun.push(flow);
        clock.advance(Duration::from_secs(1));
        let kept: Vec<_> = begun.iter().map(|flow| has(&cookies, &browser, flow)).collect();
        let newest = begun.len() - 5;
        assert_eq!(kept, [vec![false; newest], vec![true; 5]].concat(), "the oldest goes");
    }
}

#[test]
fn of_made_up_cookies_a_response_deletes_eight() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let made_up = |number| (format!("{}made-up-{number}", cookies.names.flows()), "x".to_owned());
    let mut browser: Vec<_> = (0..20).map(made_up).collect();
    for (number, left) in (0..).zip([12, 4, 0]) {
        begin(&cookies, &mut browser, &flow(number, 10, &clock));
        assert_eq!(browser.iter().filter(|(_, value)| value == "x").count(), left);
    }
}

#[test]
fn sign_ins_that_begin_at_one_moment_are_spread_over_the_free_slots() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let slots: BTreeSet<_> = (0..40)
        .map(|number| begin(&cookies, &mut Vec::new(), &flow(number, 10, &clock))[0].name.clone())
        .collect();
    assert_eq!(
        slots,
        (1..5).map(|slot| cookies.names.flow(slot)).collect(),
        "all but the long one"
    );
}

#[test]
fn the_one_sign_in_with_a_long_page_has_the_slot_for_it() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let mut browser = Vec::new();
    let [first, second] = [1, 2].map(|number| flow(number, 1_000, &clock));
    let writes = begin(&cookies, &mut browser, &first);
    assert_eq!(writes[0].name, cookies.names.flow(0));
    let long = |flow: &Flow| page(&cookies, &browser, flow).map_or(0, |page| page.len());
    assert_eq!(long(&first), 1_001);
    // The next one takes this slot; the first one moves to another slot and loses its page.
    let writes = begin(&cookies, &mut browser, &second);
    assert_eq!(writes.len(), 2);
    assert_eq!(page(&cookies, &browser, &first), Some(String::new()));
    let long = |flow: &Flow| page(&cookies, &browser, flow).map_or(0, |page| page.len());
    assert_eq!(long(&second), 1_001);
}

#[test]
fn a_short_sign_in_keeps_its_page_when_it_makes_room_for_a_long_one() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let short = flow(1, 10, &clock);
    let write = cookies.flow_write(&short).expect("a cookie");
    let mut browser = stored(&[write]);
    clock.advance(Duration::from_secs(1));
    let long = flow(2, 1_000, &clock);
    begin(&cookies, &mut browser, &long);
    assert_eq!(page(&cookies, &browser, &short), Some("/pppppppppp".into()));
    assert!(has(&cookies, &browser, &long));
}

#[test]
fn a_long_sign_in_that_finds_all_slots_taken_takes_the_oldest_ones_room() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let mut browser = Vec::new();
    let begun: Vec<_> = (0..5)
        .map(|number| {
            let flow = flow(number, 10, &clock);
            begin(&cookies, &mut browser, &flow);
            clock.advance(Duration::from_secs(1));
            flow
        })
        .collect();
    let long = flow(9, 1_000, &clock);
    begin(&cookies, &mut browser, &long);
    let kept: Vec<_> = begun.iter().map(|flow| has(&cookies, &browser, flow)).collect();
    assert_eq!(kept, [false, true, true, true, true], "the one in the long slot moved");
    assert!(has(&cookies, &browser, &long));
    assert_eq!(browser.len(), 5);
    assert!(bytes(&browser) <= 3_000, "{}", bytes(&browser));
}

#[test]
fn if_the_oldest_has_the_long_slot_a_long_sign_in_takes_just_that() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let mut browser = Vec::new();
    let oldest = flow(0, 1_000, &clock);
    begin(&cookies, &mut browser, &oldest);
    let others: Vec<_> = (1..5)
        .map(|number| {
            clock.advance(Duration::from_secs(1));
            let flow = flow(number, 10, &clock);
            begin(&cookies, &mut browser, &flow);
            flow
        })
        .collect();
    assert_eq!(browser.len(), 5);
    let long = flow(9, 1_000, &clock);
    let writes = begin(&cookies, &mut browser, &long);
    assert_eq!(writes.len(), 1);
    assert!(!has(&cookies, &browser, &oldest));
    assert!(others.iter().all(|flow| has(&cookies, &browser, flow)));
}

#[test]
fn cookies_that_are_late_or_cannot_be_read_go() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let late = Flow { slot: 3, ..flow(1, 10, &clock) };
    let mut browser = stored(&[cookies.flow_write(&late).expect("a cookie")]);
    let broken = [cookies.names.flow(4), format!("{}x", cookies.names.flows())];
    browser.extend(broken.iter().map(|name| (name.clone(), "broken".to_owned())));
    let others = [("other".to_owned(), "x".to_owned())];
    browser.extend(others.clone());
    clock.advance(Duration::from_secs(3_600));
    let new = flow(2, 10, &clock);
    let writes = begin(&cookies, &mut browser, &new);
    let gone: BTreeSet<_> =
        writes.iter().filter(|it| it.value.is_none()).map(|it| it.name.clone()).collect();
    let written = writes[0].name.clone();
    let expected = [cookies.names.flow(3), broken[0].clone(), broken[1].clone()];
    assert_eq!(gone, expected.into_iter().filter(|name| *name != written).collect());
    assert!(has(&cookies, &browser, &new));
    assert!(browser.contains(&others[0]), "what is not ours stays");
    assert_eq!(browser.len(), 2);
}

#[test]
fn what_a_handler_adds_costs_the_page_and_then_is_not_known_any_more() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let with = |scopes: usize, page| {
        let scopes: Vec<_> = (0..scopes).map(|number| format!("scope:{number:04}")).collect();
        let asked = AskedInFlow::new(&scopes, &[], &Asked::default());
        Flow { asked, sub: Some("alice".into()), ..flow(1, page, &clock) }
    };
    for (scopes, page_length, keeps_page, keeps_asked) in
        [(1, 1_000, true, true), (60, 1_000, false, true), (200, 10, false, false)]
    {
        let flow = with(scopes, page_length);
        let mut browser = Vec::new();
        let writes = begin(&cookies, &mut browser, &flow);
        assert!(writes.iter().all(|write| write.bytes() <= 1_752), "{scopes}");
        let client = client();
        let read = cookies.flow(request(&client, &browser).inner(), flow.state().reveal());
        let read = read.expect("the sign-in");
        assert_eq!(read.return_to.is_some(), keeps_page, "{scopes}");
        assert_eq!(read.sub.is_some(), keeps_asked, "{scopes}");
        assert_eq!(matches!(read.asked, AskedInFlow::More { .. }), keeps_asked, "{scopes}");
    }
}

#[test]
fn no_slot_has_more_than_its_bytes() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    for page in (0..1_024).filter(|page| page % 100 > 90 || *page < 100) {
        let flow = flow(7, page, &clock);
        let writes = begin(&cookies, &mut Vec::new(), &flow);
        let write = &writes[0];
        let is_long = write.name == cookies.names.flow(0);
        assert!(write.bytes() <= if is_long { 1_752 } else { 312 }, "{page}: {}", write.bytes());
        let moved = Flow { slot: 1, ..flow.clone() };
        let fits = cookies.flow_write(&moved).expect("a cookie").bytes() <= 312;
        assert_eq!(is_long, !fits, "{page}: the long slot is for those that fit nowhere else");
    }
}
