//! `Logto::sessions()`: the application ends sessions itself.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Error, Logto, SessionId};
use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::http::Status;
use rocket::{Route, get, routes};

#[get("/end/<id>")]
async fn end(logto: &Logto, id: SessionId) -> Result<(), Error> {
    logto.sessions().end(&id).await
}

#[get("/end_all/<sub>")]
async fn end_all(logto: &Logto, sub: &str) -> Result<(), Error> {
    logto.sessions().end_all_of(sub).await
}

fn control() -> Vec<Route> {
    routes![end, end_all]
}

#[rocket::async_test]
async fn one_session_ends_by_its_id_and_no_other() {
    let app = App::builder().routes(control()).start().await;
    let mut laptop = app.signed_in("alice").await;
    let mut phone = app.signed_in("alice").await;
    let before = phone.cookies.clone();
    let (_, session) = phone.account().await.unwrap();
    app.idp.forget_requests();
    assert_eq!(laptop.open(&format!("/end/{session}")).await.status, Status::Ok);
    assert_eq!(app.idp.requests().revocation(), 1, "the grant has ended as well");
    for _ in 0..2 {
        assert!(!phone.is_signed_in().await);
        phone.cookies.clone_from(&before);
    }
    assert!(laptop.is_signed_in().await);

    // Ending it again, or one that never was, is no error and ends nothing else.
    for id in [&*session, "AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(laptop.open(&format!("/end/{id}")).await.status, Status::Ok);
    }
    assert!(laptop.is_signed_in().await);
    assert_eq!(app.idp.requests().revocation(), 1);
}

#[rocket::async_test]
async fn a_parameter_that_is_no_session_id_is_refused_before_the_handler() {
    let app = App::builder().routes(control()).start().await;
    let mut alice = app.signed_in("alice").await;
    let (_, session) = alice.account().await.unwrap();
    for wrong in [
        "there-is-none",
        &session[1..],
        &format!("{session}A"),
        &format!("{session}="),
        &format!("{}%2B", &session[1..]),
        "AAAAAAAAAAAAAAAAAAAAAB",
        "AAAAAAAAAAAAAAAAAAAAA+",
    ] {
        let answer = alice.open(&format!("/end/{wrong}")).await;
        assert_eq!(answer.status, Status::UnprocessableEntity, "{wrong}");
        let Err(error) = wrong.parse::<SessionId>() else { panic!("{wrong} is an id") };
        assert!(error.to_string().contains("22 characters"), "{error}");
        assert!(!error.to_string().contains(wrong), "{error}");
        assert!(serde_json::from_value::<SessionId>(wrong.into()).is_err(), "{wrong}");
    }
    let id: SessionId = session.parse().expect("the id of a session");
    assert_eq!(id.to_string(), session);
    assert_eq!(serde_json::from_value::<SessionId>(session.clone().into()).unwrap(), id);
    assert!(alice.is_signed_in().await);
}

#[rocket::async_test]
async fn a_session_that_this_process_has_never_seen_ends_as_well() {
    let app = App::builder().routes(control()).start().await;
    let mut alice = app.signed_in("alice").await;
    let (_, session) = alice.account().await.unwrap();
    let elsewhere = launch(&app.clock, config_for(&app.idp), control()).await;
    let mut moved = Browser::new(&elsewhere);
    moved.open(&format!("/end/{session}")).await;
    moved.cookies.clone_from(&alice.cookies);
    assert!(!moved.is_signed_in().await);
}

#[rocket::async_test]
async fn all_sessions_of_a_user_end_also_that_of_the_request_and_later_ones_do_not() {
    let app = App::builder().routes(control()).start().await;
    let mut bob = app.signed_in("bob").await;
    let mut laptop = app.signed_in("alice").await;
    app.clock.advance(Duration::from_secs(10));
    let mut phone = app.signed_in("alice").await;
    let mut own = app.signed_in("alice").await;
    let (alice, _) = own.account().await.unwrap();
    app.idp.forget_requests();
    let ended = own.open(&format!("/end_all/{alice}")).await;
    assert_eq!(ended.status, Status::Ok);
    assert_eq!(app.idp.requests().revocation(), 3);
    for browser in [&mut laptop, &mut phone, &mut own] {
        assert!(!browser.is_signed_in().await);
    }
    assert!(bob.is_signed_in().await, "another user's session goes on");

    app.clock.advance(Duration::from_secs(1));
    app.sign_in(&mut own, "alice", "/").await;
    assert!(own.is_signed_in().await, "a later sign-in is another session");
    assert!(!laptop.is_signed_in().await);
}

#[rocket::async_test]
async fn sessions_end_without_waiting_for_a_revocation_that_fails() {
    for fault in [Fault::Hang, Fault::Status(500), Fault::Reset] {
        // A revocation that hangs never ends.
        let app =
            App::builder().config(|config| config.timeout(ENDLESS)).routes(control()).start().await;
        let mut alice = app.signed_in("alice").await;
        let (sub, _) = alice.account().await.unwrap();
        app.idp.fault(Endpoint::Revocation, fault.clone()).for_ever();
        let mut admin = app.browser();
        let end_all = format!("/end_all/{sub}");
        let ended = within("an answer without revocation", admin.open(&end_all)).await;
        assert_eq!(ended.status, Status::Ok, "{fault:?}");
        assert!(!alice.is_signed_in().await, "{fault:?}");
    }
}

/// More endings than are remembered one by one make older sessions doubtful. One without a refresh token
/// cannot be confirmed, so that only another sign-in helps.
#[rocket::async_test]
async fn a_doubtful_session_without_a_refresh_token_is_sent_to_the_sign_in() {
    let app = App::builder()
        .config(|config| config.include_reserved_scopes(false).scopes(["openid", "profile"]));
    let app = app.start().await;
    let mut alice = app.signed_in("alice").await;
    app.clock.advance(Duration::from_secs(60));
    for number in 0..=100_000 {
        app.logto().sessions().end_all_of(&format!("user {number}")).await.unwrap();
    }
    let answer = alice.open("/account").await;
    assert_eq!(answer.status, Status::SeeOther, "{answer:?}");
    assert!(answer.location().starts_with("/auth/sign-in"), "{answer:?}");
}
