//! `session.revalidate_after`: claims of this age are valid only after Logto has confirmed them. While Logto does not
//! answer, old claims stay valid for some time.

use std::collections::BTreeSet;
use std::time::Duration;

use logto_rocket::SessionConfig;
use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::fault;
use logto_rocket_tests::wait::{ENDLESS, until, within};
use rocket::futures::future::{join, join_all};
use rocket::http::Status;
use rocket::tokio;

const HALF_A_MINUTE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// In how many browsers a user is signed in while Logto is away.
const BROWSERS: usize = 1000;

/// Browsers in each of which alice is signed in.
async fn signed_in(app: &App, count: usize) -> Vec<Browser<'_>> {
    let mut browsers = Vec::with_capacity(count);
    while browsers.len() < count {
        browsers.extend(join_all((0..10).map(|_| app.signed_in("alice"))).await);
    }
    browsers
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
        assert_eq!(app.refreshes(), hour);
    }
}

/// Guards against this mistake: an hour after its last use a session was forgotten, and with it which refresh token
/// Logto had rotated.
#[rocket::async_test]
async fn an_old_cookie_whose_refresh_token_was_rotated_ends_no_session_however_late_it_comes() {
    let app = App::builder().provider(|provider| provider.rotating(true)).start().await;
    let mut alice = app.signed_in("alice").await;
    let old = alice.cookies.clone();
    app.clock.advance(HOUR);
    for _ in 0..2 {
        assert_eq!(alice.open("/account").await.status, Status::Ok);
    }
    assert_ne!(alice.cookies, old);
    app.clock.advance(2 * HOUR);
    // What is forgotten is forgotten when something new is remembered.
    signed_in(&app, 30).await;
    let newer = std::mem::replace(&mut alice.cookies, old);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    alice.cookies = newer;
    assert_eq!(alice.open("/account").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_role_that_was_removed_is_gone_and_one_that_was_given_is_there_within_the_hour() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    app.idp.remove_role("alice", "admin");
    app.idp.add_role("bob", "admin");
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "not confirmed yet");
    app.clock.advance(HOUR);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
    assert_eq!(bob.open("/admin").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_suspended_user_is_signed_out_within_the_hour_and_a_reinstated_one_signs_in_anew() {
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
    app.idp.fault(Endpoint::Token, fault::json(400, r#"{"error":"access_denied"}"#));
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn while_logto_is_away_for_two_hours_a_thousand_sessions_go_on_and_one_in_half_a_minute_asks()
{
    let app = App::start().await;
    let mut browsers = signed_in(&app, BROWSERS).await;
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Token, Fault::Status(503)).for_ever();
    let mut next = (0..BROWSERS).cycle();
    for _ in 0..240 {
        app.clock.advance(HALF_A_MINUTE);
        app.idp.forget_requests();
        for number in next.by_ref().take(8) {
            assert_eq!(browsers[number].open("/account").await.status, Status::Ok);
        }
        assert_eq!(app.browser().open("/").await.body, "Hello, stranger");
        assert!(app.idp.requests().token() <= 2, "one probe, which is repeated once");
    }
    app.idp.heal();
    app.clock.advance(HALF_A_MINUTE);
    app.idp.forget_requests();
    for browser in &mut browsers {
        assert_eq!(browser.open("/account").await.status, Status::Ok);
        assert_eq!(browser.open("/account").await.status, Status::Ok);
    }
    assert_eq!(app.refreshes(), BROWSERS, "the claims of each session are confirmed once");
}

#[rocket::async_test]
async fn a_request_waits_while_its_claims_are_confirmed() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let answer = async {
        until("Logto is asked", async || app.refreshes() > 0).await;
        app.idp.heal();
    };
    let (refused, ()) = join(alice.open("/admin"), answer).await;
    assert_eq!(refused.status, Status::Forbidden, "{refused:?}");
}

#[rocket::async_test]
async fn when_logto_hangs_one_request_asks_it_and_the_others_wait_for_no_answer() {
    let app = App::builder().config(|config| config.timeout(ENDLESS)).start().await;
    let mut browsers = signed_in(&app, 20).await;
    app.clock.advance(HOUR);
    // Logto never answers, and the call does not end by itself.
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    for round in 1..=2 {
        let (first, others) = browsers.split_first_mut().expect("browsers");
        let answer = within("an answer by the old claims", first.open("/account")).await;
        assert_eq!(answer.status, Status::Ok);
        for browser in others {
            let answer = within("an answer by the old claims", browser.open("/account")).await;
            assert_eq!(answer.status, Status::Ok);
        }
        // Each session has a refresh token of its own: one has sent its, and the others nothing.
        let requests = app.idp.requests();
        let tokens = requests.all().filter_map(|request| request.param("refresh_token"));
        assert_eq!(tokens.collect::<BTreeSet<_>>().len(), 1, "in round {round}");
        app.clock.advance(HALF_A_MINUTE);
    }
}

/// Sessions of another application, whose request begins first and learns nothing, end their wait by themselves. These
/// do not wait for that: they are answered before.
#[rocket::async_test]
async fn all_that_wait_go_on_as_soon_as_one_has_learnt_that_logto_is_away() {
    let (app, other) = (App::start().await, App::start().await);
    let mut browsers = signed_in(&app, 20).await;
    let mut waiting = other.signed_in("alice").await;
    for app in [&app, &other] {
        app.clock.advance(HOUR);
    }
    // Each asks twice, so one more than there are browsers is what one of them gets both times.
    app.idp.fault(Endpoint::Token, Fault::Status(503)).times(browsers.len() + 1);
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    other.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    let answers = join_all(browsers.iter_mut().map(|browser| browser.open("/account")));
    let answers = tokio::select! {
        biased;
        answer = waiting.open("/account") => panic!("they waited as long: {answer:?}"),
        answers = answers => answers,
    };
    assert!(answers.iter().all(|answer| answer.status == Status::Ok), "{answers:?}");
}

#[rocket::async_test]
async fn claims_that_were_not_confirmed_for_a_day_are_not_believed_and_nothing_is_lost() {
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
    assert_eq!(alice.open("/admin").await.status, Status::Ok, "old claims stay valid");
    app.idp.heal();
    let refused = async || alice.open("/admin").await.status != Status::Ok;
    until("the late answer counts", refused).await;
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
    assert!(app.refreshes() <= 2, "the request, and its repetition");
}

#[rocket::async_test]
async fn a_session_without_a_refresh_token_ends_with_its_claims() {
    let app = App::builder().config(|config| config.prompt("login")).start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(59 * MINUTE);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.clock.advance(MINUTE);
    assert_eq!(alice.open("/account").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn without_revalidation_logto_is_never_asked() {
    let session = SessionConfig::new().revalidate_after(None);
    let app = App::builder().config(|config| config.session(session)).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    app.clock.advance(13 * 24 * HOUR);
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    assert_eq!(app.idp.requests().token(), 0);
}

#[rocket::async_test]
async fn a_bad_answer_about_one_user_does_not_keep_claims_of_others_from_being_confirmed() {
    let app = App::start().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    app.idp.remove_role("alice", "admin");
    app.clock.advance(HOUR);
    // An answer that cannot be used is no outage: it may be about one user alone.
    app.idp.fault(Endpoint::Token, fault::html(200, "?")).times(2);
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    assert_eq!(alice.open("/admin").await.status, Status::Forbidden);
}
