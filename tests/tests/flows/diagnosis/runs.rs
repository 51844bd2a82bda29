//! How often a diagnosis runs.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::App;
use logto_rocket_tests::wait::until;
use rocket::tokio::{join, spawn};

#[rocket::async_test]
async fn callers_at_the_same_time_share_one() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let logto = app.logto().clone();
    let first = spawn({
        let logto = logto.clone();
        async move { logto.diagnose().await }
    });
    until("the first is under way", async || app.idp.requests().token() == 1).await;
    let others = async { join!(logto.diagnose(), logto.diagnose()) };
    let heal = async { app.idp.heal() };
    let ((second, third), ()) = join!(others, heal);
    let first = first.await.unwrap();
    assert_eq!((&second, &third), (&first, &first));
    assert_eq!(app.idp.requests().token(), 1);
}

#[rocket::async_test]
async fn within_a_minute_the_last_one_is_the_answer() {
    let app = App::start().await;
    let first = app.logto().diagnose().await;
    app.clock.advance(Duration::from_secs(59));
    assert_eq!(app.logto().diagnose().await, first);
    assert_eq!(app.idp.requests().token(), 1);
    app.clock.advance(Duration::from_secs(1));
    app.logto().diagnose().await;
    assert_eq!(app.idp.requests().token(), 2);
}

#[rocket::async_test]
async fn a_caller_that_goes_away_does_not_end_it() {
    let app = App::start().await;
    app.idp.fault(Endpoint::Token, Fault::Hang);
    let logto = app.logto().clone();
    let caller = spawn(async move { logto.diagnose().await });
    until("it is under way", async || app.idp.requests().token() == 1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    app.idp.heal();
    app.logto().diagnose().await;
    assert_eq!(app.idp.requests().token(), 1);
}

#[rocket::async_test]
async fn nobody_is_signed_out_and_requests_are_answered_while_it_runs() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::EndSession, Fault::Hang);
    let logto = app.logto().clone();
    let diagnosis = spawn(async move { logto.diagnose().await });
    until("it is under way", async || app.idp.requests().end_session() == 1).await;
    assert_eq!(alice.open("/account").await.status, rocket::http::Status::Ok);
    app.idp.heal();
    diagnosis.await.unwrap();
    assert_eq!(alice.open("/account").await.status, rocket::http::Status::Ok);
    assert_eq!(app.idp.requests().revocation(), 0);
}
