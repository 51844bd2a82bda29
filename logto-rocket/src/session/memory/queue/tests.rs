use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const NOTHING: Standing = Standing { is_over: false, is_there: false, is_own_organization: false };
const THERE: Standing = Standing { is_over: false, is_there: true, is_own_organization: false };

fn token(resource: &str) -> TokenTarget {
    TokenTarget { resource: Some(resource.into()), organization: None }
}

fn for_token(resource: &str) -> Purpose {
    Purpose::AccessToken(token(resource), Use::Call)
}

fn claims_after(number: u64) -> Purpose {
    Purpose::Claims(Freshness::After(number))
}

#[test]
fn the_first_has_the_turn_and_the_others_follow_in_the_order_they_came() {
    let mut queue = Queue::default();
    let [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
    assert_eq!([first, second, third].map(|it| queue.has_turn(it)), [true, false, false]);
    assert_eq!(queue.leave(first), Some(second));
    assert!(queue.has_turn(second));
    assert_eq!(queue.leave(second), Some(third));
    assert_eq!(queue.leave(third), None);
    let next = queue.enter();
    assert!(queue.has_turn(next));
}

#[test]
fn a_place_given_up_while_waiting_delays_and_wakes_no_other() {
    let mut queue = Queue::default();
    let [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
    assert_eq!(queue.leave(second), None);
    assert!(queue.has_turn(first));
    assert_eq!(queue.leave(first), Some(third));
}

#[test]
fn nothing_is_settled_at_first() {
    let (queue, now) = (Queue::default(), Instant::now());
    for purpose in [for_token("a"), claims_after(0)] {
        assert_eq!(queue.settled(&purpose, NOTHING, now), None);
    }
}

#[test]
fn what_is_there_takes_no_request() {
    let (queue, now) = (Queue::default(), Instant::now());
    let within = Purpose::Claims(Freshness::ConfirmedWithin(MINUTE));
    for purpose in [for_token("a"), within] {
        assert_eq!(queue.settled(&purpose, THERE, now), Some(Settled::There));
    }
}

#[test]
fn an_ended_session_asks_for_nothing_whatever_is_there() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
    queue.pause(now, MINUTE, "so".into());
    let over = Standing { is_over: true, ..THERE };
    assert_eq!(queue.settled(&for_token("a"), over, now), Some(Settled::Over));
}

#[test]
fn claims_of_a_request_that_had_begun_before_do_not_count() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    let under_way = queue.begin();
    let after = queue.begun();
    queue.claims_came(under_way);
    assert_eq!(queue.settled(&claims_after(after), NOTHING, now), None);
    let next = queue.begin();
    queue.claims_came(next);
    assert_eq!(queue.settled(&claims_after(after), NOTHING, now), Some(Settled::There));
}

#[test]
fn a_refusal_stands_for_its_time_and_for_its_target_only() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
    let refused = Some(Settled::Refused("access_denied".into()));
    assert_eq!(queue.settled(&for_token("a"), THERE, now), refused);
    assert_eq!(queue.settled(&for_token("b"), NOTHING, now), None);
    assert_eq!(queue.settled(&for_token("a"), NOTHING, now + MINUTE), None);
}

#[test]
fn a_token_that_came_and_new_rights_end_a_refusal() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.refuse(token("a"), "access_denied".into(), now, MINUTE);
    queue.refuse(token("b"), "access_denied".into(), now, MINUTE);
    queue.token_came(&token("a"));
    assert_eq!(queue.settled(&for_token("a"), NOTHING, now), None);
    queue.forget_refusals();
    assert_eq!(queue.settled(&for_token("b"), NOTHING, now), None);
}

#[test]
fn a_pause_tells_how_long_it_lasts_and_holds_back_nothing_that_is_there() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    queue.pause(now, MINUTE, "so".into());
    let later = now + Duration::from_secs(45);
    let left = Settled::Paused(Duration::from_secs(15), "so".into());
    assert_eq!(queue.settled(&for_token("a"), NOTHING, later), Some(left));
    assert_eq!(queue.settled(&for_token("a"), THERE, later), Some(Settled::There));
    assert_eq!(queue.settled(&for_token("a"), NOTHING, now + MINUTE), None);
}

#[test]
fn a_session_is_refused_a_few_organizations_at_a_time() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    let of = |number: usize| TokenTarget { resource: None, organization: Some(number.to_string()) };
    let wanted = |number| Purpose::AccessToken(of(number), Use::Call);
    for number in 0..MAX_REFUSED_ORGANIZATIONS {
        assert_eq!(queue.settled(&wanted(number), NOTHING, now), None);
        queue.refuse(of(number), "access_denied".into(), now, MINUTE);
    }
    let settled = queue.settled(&wanted(99), NOTHING, now);
    assert!(matches!(settled, Some(Settled::Paused(wait, _)) if wait == MINUTE), "{settled:?}");
    assert_eq!(queue.settled(&wanted(99), THERE, now), Some(Settled::There));
    let own = Standing { is_own_organization: true, ..NOTHING };
    assert_eq!(queue.settled(&wanted(99), own, now), None, "one of the user's");
    assert_eq!(queue.settled(&for_token("a"), NOTHING, now), None, "a resource");
    assert_eq!(queue.settled(&wanted(99), NOTHING, now + MINUTE), None);
}

#[test]
fn refusals_are_bounded() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    for number in 0..3 * MAX_REFUSALS {
        queue.refuse(token(&number.to_string()), String::new(), now, MINUTE);
        assert!(queue.refusals.len() <= MAX_REFUSALS);
    }
}

#[test]
fn refusals_that_are_over_make_room_for_new_ones() {
    let (mut queue, now) = (Queue::default(), Instant::now());
    let mut refuse = |numbers: std::ops::Range<usize>, at, time| {
        for number in numbers {
            queue.refuse(token(&number.to_string()), "access_denied".into(), at, time);
        }
    };
    refuse(0..60, now, MINUTE);
    refuse(60..MAX_REFUSALS, now, 2 * MINUTE);
    let later = now + MINUTE;
    refuse(MAX_REFUSALS..MAX_REFUSALS + 1, later, MINUTE);
    let stands =
        |number: usize| queue.settled(&for_token(&number.to_string()), NOTHING, later).is_some();
    assert!((60..=MAX_REFUSALS).all(stands), "there was room for it");
    assert!(!(0..60).any(stands));
}
