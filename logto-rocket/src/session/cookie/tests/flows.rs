//! The sign-ins of one browser, as its cookies store them.

use std::collections::BTreeSet;
use std::slice;
use std::time::Duration;

use cookie::SameSite;

use super::super::{AskedInFlow, CookieWrite, Cookies, Flow};
use super::{ATTRIBUTES, client, cookies, request, stored};
use crate::clock::Clock;
use crate::oidc::Verifier;
use crate::session::session::Asked;

/// A sign-in that begins now. The letter distinguishes it from others.
fn flow(letter: char, clock: &Clock) -> Flow {
    let verifier = Verifier::from(letter.to_string().repeat(43));
    Flow::new(verifier, AskedInFlow::new(&[], &[], &Asked::default()), clock.now())
}

fn returning(letter: char, clock: &Clock, to: &str) -> Flow {
    Flow { return_to: Some(to.parse().expect("a path")), ..flow(letter, clock) }
}

/// The cookies of a browser with these sign-ins, each in the next slot.
fn sent(cookies: &Cookies, flows: &[Flow]) -> Vec<(String, String)> {
    let write = |(slot, flow): (usize, &Flow)| {
        cookies.flow_write(&Flow { slot, ..flow.clone() }).expect("a cookie")
    };
    stored(&flows.iter().enumerate().map(write).collect::<Vec<_>>())
}

#[test]
fn a_sign_in_is_read_as_it_began_by_its_state() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let client = client();
    let mut begun = returning('v', &clock, "/cart?a=b");
    begun.max_age = Some(900);
    begun.sub = Some("alice".into());
    begun.persistent = Some(true);
    begun.attempt = 3;
    let sent = sent(&cookies, &[begun.clone(), flow('w', &clock)]);
    let request = request(&client, &sent);
    let state = begun.state();
    let read = cookies.flow(request.inner(), state.reveal()).expect("the sign-in");
    assert_eq!(read.return_to, begun.return_to);
    assert_eq!((read.max_age, read.sub.as_deref()), (Some(900), Some("alice")));
    assert_eq!((read.persistent, read.attempt, read.slot), (Some(true), 3, 0));
    assert_eq!((read.started_at, read.key()), (begun.started_at, begun.key()));
    assert_eq!(read.state().reveal(), state.reveal());
    assert!(!read.is_finished());
    assert!(cookies.flow(request.inner(), "another").is_none());
    assert!(cookies.flow(super::request(&client, &[]).inner(), state.reveal()).is_none());
}

#[test]
fn its_cookie_is_lax_whatever_the_session_is_and_outlives_the_sign_in() {
    let strict = super::Attributes { same_site: SameSite::Strict, ..ATTRIBUTES };
    let (cookies, clock) = cookies(strict);
    let write = cookies.flow_write(&flow('v', &clock)).expect("a cookie");
    assert_eq!(write.same_site, SameSite::Lax);
    assert_eq!(write.max_age, Some(Duration::from_secs(6_600)));
}

#[test]
fn no_cookie_is_a_sign_in_that_was_moved_begun_in_the_future_or_changed() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let client = client();
    let begun = flow('v', &clock);
    let found = |sent: &[(String, String)]| {
        cookies.flow(request(&client, sent).inner(), begun.state().reveal()).is_some()
    };
    let first = sent(&cookies, slice::from_ref(&begun));
    assert!(found(&first));
    let value = first[0].1.clone();
    assert!(!found(&[(cookies.names.flow(1), value.clone())]), "it is sealed for its slot");
    assert!(!found(&[(cookies.names.flow(9), value.clone())]), "there is no such slot");
    assert!(!found(&[(first[0].0.clone(), format!("A{value}"))]));
    for (ahead, is_found) in [(10, true), (11, false)] {
        let future = Flow { started_at: clock.now() + ahead, ..begun.clone() };
        assert_eq!(found(&sent(&cookies, &[future])), is_found, "{ahead}");
    }
}

#[test]
fn a_sign_in_is_late_after_an_hour() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let flow = flow('v', &clock);
    clock.advance(Duration::from_secs(3_599));
    assert!(!cookies.is_late(&flow));
    clock.advance(Duration::from_secs(1));
    assert!(cookies.is_late(&flow));
}

#[test]
fn of_a_sign_in_that_has_ended_only_its_state_is_left() {
    let (_, clock) = cookies(ATTRIBUTES);
    let mut begun = returning('v', &clock, "/cart");
    begun.max_age = Some(900);
    begun.sub = Some("alice".into());
    begun.attempt = 2;
    for (ended, attempt) in [(begun.succeeded(), 2), (begun.failed(), 1)] {
        assert!(ended.is_finished() && !begun.is_finished());
        assert!(ended.return_to.is_none() && ended.max_age.is_none() && ended.sub.is_none());
        assert_eq!((ended.state().reveal(), ended.key()), (begun.state().reveal(), begun.key()));
        let asked = serde_json::to_value(&ended.asked).expect("JSON");
        assert_eq!(asked, "", "it is not known any more");
        assert_eq!(ended.attempt, attempt, "the page of a failure was shown: it is no loop");
    }
}

#[test]
fn sign_ins_count_that_ended_in_time_and_whose_session_no_request_carried() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let client = client();
    let late = Flow { attempt: 9, ..flow('l', &clock) }.succeeded();
    clock.advance(Duration::from_secs(3_600));
    let under_way = Flow { attempt: 7, ..flow('u', &clock) };
    let [first, second] = [3, 2].map(|attempt| Flow { attempt, ..flow('v', &clock) }.succeeded());
    // The clock of the process that started it is ahead.
    let ahead = Flow { started_at: clock.now() + 100, ..first.clone() };
    for (flows, attempts) in [
        (&[][..], 0),
        (&[late.clone(), under_way.clone()], 0),
        (&[late, first, second.clone(), under_way], 3),
        (&[second, ahead], 3),
    ] {
        let sent = sent(&cookies, flows);
        assert_eq!(cookies.attempts(&cookies.flows(request(&client, &sent).inner())), attempts);
    }
}

#[test]
fn the_cookies_of_sign_ins_that_have_ended_go_and_no_others() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let client = client();
    let [ended, other] = ['v', 'w'].map(|letter| flow(letter, &clock).succeeded());
    let sent = sent(&cookies, &[ended, flow('u', &clock), other.clone()]);
    let request = request(&client, &sent);
    let flows = cookies.flows(request.inner());
    let forgotten = |written: &[CookieWrite]| {
        let writes = cookies.forget_finished(&flows, written).into_iter();
        writes.map(|write| (write.name, write.value)).collect::<BTreeSet<_>>()
    };
    let deletion = |slot: usize| (sent[slot].0.clone(), None);
    assert_eq!(forgotten(&[]), BTreeSet::from([deletion(0), deletion(2)]));
    let written = cookies.flow_write(&Flow { slot: 2, ..other }).expect("a cookie");
    assert_eq!(
        forgotten(&[written]),
        BTreeSet::from([deletion(0)]),
        "the response writes the other"
    );

    let in_progress = cookies.flows(request.inner()).in_progress(&cookies);
    assert_eq!(cookies.attempts(&in_progress), 0);
    let new = flow('n', &clock);
    let writes = cookies.begin_flow(&new, &in_progress);
    let slots: Vec<_> = writes.iter().filter(|it| it.value.is_none()).collect();
    assert!(slots.iter().all(|it| it.name == sent[0].0 || it.name == sent[2].0));
    assert!(writes.iter().all(|it| it.name != sent[1].0), "the one under way stays");
}

#[test]
fn the_page_of_a_sign_in_is_found_by_its_state_or_if_there_is_only_one() {
    let (cookies, clock) = cookies(ATTRIBUTES);
    let client = client();
    let late = returning('l', &clock, "/late");
    clock.advance(Duration::from_secs(3_600));
    let [cart, list] = [returning('c', &clock, "/cart"), returning('d', &clock, "/list")];
    let ended = returning('e', &clock, "/ended").succeeded();
    let page = |flows: &[Flow], state: Option<&Flow>| {
        let sent = sent(&cookies, flows);
        let state = state.map(Flow::state);
        let state = state.as_ref().map(crate::oidc::State::reveal);
        cookies.page_of_flow(request(&client, &sent).inner(), state).map(String::from)
    };
    let all = [late.clone(), cart.clone(), ended.clone()];
    assert_eq!(page(&all, Some(&cart)).as_deref(), Some("/cart"));
    assert_eq!(page(&all, Some(&late)).as_deref(), Some("/late"), "also if it took too long");
    assert_eq!(page(&all, Some(&ended)), None);
    assert_eq!(page(&all, Some(&list)), None, "it is not this browser's");
    assert_eq!(page(&all, None).as_deref(), Some("/cart"));
    assert_eq!(page(&[cart, list], None), None, "nobody knows which");
    assert_eq!(page(&[late, ended], None), None);
    assert_eq!(page(&[], None), None);
}
