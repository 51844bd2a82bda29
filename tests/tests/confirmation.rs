//! Claims of a certain age are believed only after Logto has told them again; while it is away, old
//! ones stand for a while.

use std::time::{Duration, Instant};

use logto_rocket::SessionConfig;
use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::wait::until;
use rocket::futures::future::join_all;
use rocket::http::Status;

const SECOND: Duration = Duration::from_secs(1);
const HALF_A_MINUTE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// How many people are signed in while Logto is away.
const PEOPLE: usize = 1000;

fn refreshes(app: &App) -> usize {
    app.idp.requests().token_by_grant("refresh_token")
}

async fn crowd(app: &App, size: usize) -> Vec<Browser<'_>> {
    let mut crowd = Vec::with_capacity(size);
    while crowd.len() < size {
        crowd.extend(join_all((0..10).map(|_| app.signed_in("alice"))).await);
    }
    crowd
}

#[rocket::async_test]
async fn claims_are_confirmed_once_an_hour_by_one_token_request() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    for hour in 1..=3 {
        app.clock.advance(HOUR);
        for _ in 0..3 {
            assert_eq!(alice.open("/account").await.status, Status::Ok);
        }
        assert_eq!(refreshes(&app), hour);
    }
}

#[rocket::async_test]
async fn a_role_that_was_removed_is_gone_and_one_that_was_given_is_there_within_the_hour() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    app.idp.remove_role("alice", "admin");
    app.idp.add_role("bob", "admin");
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "nobody has asked yet");
    app.clock.advance(HOUR);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
    assert_eq!(bob.open("/admin").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_suspended_user_is_out_within_the_hour_and_a_reinstated_one_signs_in_anew() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.suspend("alice");
    app.clock.advance(HOUR);
    assert_eq!(alice.open("/account").await.location(), "/auth/sign-in?return_to=%2Faccount");
    assert_eq!(alice.open("/").await.body, "Hello, stranger");
    app.idp.reinstate("alice");
    assert_eq!(alice.open("/account").await.status, Status::SeeOther, "it is over for good");
}

#[rocket::async_test]
async fn an_application_that_a_user_may_no_longer_use_signs_them_out() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(HOUR);
    let denied = Fault::Body {
        status: 400,
        content_type: "application/json".into(),
        body: r#"{"error":"access_denied"}"#.into(),
    };
    app.idp.fault(Endpoint::Token, denied);
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn while_logto_is_away_for_two_hours_a_thousand_people_go_on_and_one_in_half_a_minute_asks() {
    let app = App::start().await;
    let mut people = crowd(&app, PEOPLE).await;
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    let mut next = (0..PEOPLE).cycle();
    for _ in 0..240 {
        app.clock.advance(HALF_A_MINUTE);
        app.idp.forget_requests();
        for number in next.by_ref().take(8) {
            assert_eq!(people[number].open("/account").await.status, Status::Ok);
        }
        assert_eq!(app.browser().open("/").await.body, "Hello, stranger");
        assert!(app.idp.requests().token() <= 2, "one probe, which is repeated once");
    }
    app.idp.heal();
    app.clock.advance(HALF_A_MINUTE);
    app.idp.forget_requests();
    for person in &mut people {
        assert_eq!(person.open("/account").await.status, Status::Ok);
        assert_eq!(person.open("/account").await.status, Status::Ok);
    }
    assert_eq!(refreshes(&app), PEOPLE, "everybody's claims are confirmed once");
}

#[rocket::async_test]
async fn when_logto_hangs_one_request_waits_two_seconds_and_nobody_else_waits() {
    let app = App::start().await;
    let mut people = crowd(&app, 20).await;
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    for _ in 0..2 {
        let begun = Instant::now();
        assert_eq!(people[0].open("/account").await.status, Status::Ok);
        assert!(begun.elapsed() >= 2 * SECOND);
        let begun = Instant::now();
        for person in &mut people[1..] {
            assert_eq!(person.open("/account").await.status, Status::Ok);
        }
        assert!(begun.elapsed() < 2 * SECOND, "{:?}", begun.elapsed());
        app.clock.advance(HALF_A_MINUTE);
    }
}

#[rocket::async_test]
async fn all_who_wait_go_on_as_soon_as_one_has_learnt_that_logto_is_away() {
    let app = App::start().await;
    let mut people = crowd(&app, 20).await;
    app.clock.advance(HOUR);
    // Each asks twice, so one more than there are people is what somebody meets both times.
    app.idp.fault(Endpoint::Token, Fault::Status(503)).times(people.len() + 1);
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    let begun = Instant::now();
    for answer in join_all(people.iter_mut().map(|person| person.open("/account"))).await {
        assert_eq!(answer.status, Status::Ok);
    }
    assert!(begun.elapsed() < 2 * SECOND, "{:?}", begun.elapsed());
}

#[rocket::async_test]
async fn claims_that_nobody_could_confirm_for_a_day_are_not_believed_and_nothing_is_lost() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    app.clock.advance(23 * HOUR + 59 * MINUTE);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.clock.advance(2 * MINUTE);
    let refused = alice.open("/account").await;
    assert_eq!(refused.status, Status::ServiceUnavailable);
    assert!(refused.header("Retry-After").is_some(), "{refused:?}");
    assert!(!refused.sets_cookies(), "{refused:?}");
    assert_eq!(alice.open("/").await.body, "Hello, stranger");
    app.idp.heal();
    app.clock.advance(HALF_A_MINUTE);
    let answer = alice.open("/account").await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
}

#[rocket::async_test]
async fn an_answer_that_comes_too_late_for_the_request_still_counts() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(HOUR);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "old claims stand");
    app.idp.heal();
    let refused = async || alice.open("/admin").await.status != Status::Ok;
    until("the late answer counts", refused).await;
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
    assert!(refreshes(&app) <= 2, "the request, and its repetition");
}

#[rocket::async_test]
async fn a_session_without_a_refresh_token_ends_with_its_claims() {
    let app = App::with(|it| it, |config| config.prompt("login"), |it| it).await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(59 * MINUTE);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.clock.advance(MINUTE);
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn without_revalidation_logto_is_never_asked() {
    let session = SessionConfig::new().revalidate_after(None);
    let app = App::with(|it| it, |config| config.session(session), |it| it).await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    app.clock.advance(13 * 24 * HOUR);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    assert_eq!(app.idp.requests().token(), 0);
}

#[rocket::async_test]
async fn what_one_user_provokes_keeps_nobody_elses_claims_from_being_confirmed() {
    let app = App::start().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.idp.remove_role("alice", "admin");
    app.clock.advance(HOUR);
    // An answer that cannot be used is no outage: it may be about one user alone.
    let odd = Fault::Body { status: 200, content_type: "text/html".into(), body: "?".into() };
    app.idp.fault(Endpoint::Token, odd).times(2);
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
}
