//! The cookie of a session that is in a store: a secret, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::SessionConfig;
use logto_rocket::testing::{self, User};
use logto_rocket_tests::app::ORIGIN;
use logto_rocket_tests::at_each_place;
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::fleet::{Fleet, Place};
use rocket::http::Status;

use super::{LIFE, browser_with, is_signed_out, start};

at_each_place!(in_memory: Memory, in_a_shared_store: Shared, in_redis: Redis => [
    the_cookie_holds_a_secret_only_and_stays_the_same_over_refreshes,
    a_session_that_was_signed_out_is_over_whatever_cookie_is_replayed,
    a_cookie_that_was_planted_never_becomes_a_session,
    signing_in_as_another_user_ends_the_session_before,
    a_session_that_is_presented_in_any_other_cookie_is_none,
    absurd_cookies_are_no_session,
    a_test_signs_in_without_a_provider,
]);

fn random_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

async fn the_cookie_holds_a_secret_only_and_stays_the_same_over_refreshes(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = alice.only_cookie();
    assert_eq!(secret.len(), 43);
    assert_eq!(URL_SAFE_NO_PAD.decode(&secret).map(|bytes| bytes.len()), Ok(32));
    let before = alice.account().await.unwrap();
    app.idp.forget_requests();
    for round in 1..=3 {
        app.clock.advance(LIFE);
        for page in ["/profile", "/orders", "/account"] {
            let answer = alice.open(page).await;
            assert_eq!(answer.status, Status::Ok, "{answer:?}");
            assert!(!answer.sets_cookies(), "{answer:?}");
        }
        assert_eq!(app.refreshes(), 2 * round);
    }
    assert_eq!(alice.account().await, Some(before));
    assert_eq!(alice.only_cookie(), (name, secret));
}

async fn a_session_that_was_signed_out_is_over_whatever_cookie_is_replayed(place: Place) {
    let Some(fleet) = start(place, SessionConfig::new()).await else { return };
    let app = &fleet.app;
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = alice.only_cookie();
    app.idp.forget_requests();
    let out = alice.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!(out.status, Status::SeeOther, "{out:?}");
    assert!(!alice.cookies.contains_key(&name));
    assert_eq!(app.idp.requests().revocation(), 1);
    is_signed_out(app, &name, &secret).await;
    if place != Place::Memory {
        let alice = fleet.stored_name(&app.idp.user_id("alice").unwrap());
        assert_eq!(fleet.store().list_by_sub(&alice).await, Ok(Vec::new()));
        // Also to a process that knows of no ending.
        let elsewhere = fleet.another().await;
        let mut replayed = Browser::new(&elsewhere);
        replayed.cookies.insert(name, secret);
        assert_eq!(replayed.account().await, None);
    }
}

async fn a_cookie_that_was_planted_never_becomes_a_session(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut attacker = app.signed_in("bob").await;
    let (name, own) = attacker.only_cookie();
    for planted in [random_secret(), own.clone()] {
        let mut victim = browser_with(&app, &name, &planted);
        app.sign_in(&mut victim, "alice", "/").await;
        let (user, _) = victim.account().await.unwrap();
        assert_eq!(user, app.idp.user_id("alice").unwrap());
        assert_ne!(victim.only_cookie().1, planted);
        is_signed_out(&app, &name, &planted).await;
    }
    assert_eq!(attacker.account().await, None, "it ended when another user signed in over it");
}

async fn signing_in_as_another_user_ends_the_session_before(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut browser = app.signed_in("alice").await;
    let (name, before) = browser.only_cookie();
    let (_, session) = browser.account().await.unwrap();
    app.sign_in(&mut browser, "bob", "/").await;
    let (user, newer) = browser.account().await.unwrap();
    assert_eq!(user, app.idp.user_id("bob").unwrap());
    assert_ne!(session, newer);
    is_signed_out(&app, &name, &before).await;
}

async fn a_session_that_is_presented_in_any_other_cookie_is_none(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = alice.only_cookie();
    let mut starting = app.browser();
    let callback = app.callback(&mut starting, "bob", "/").await;
    let (flow, sealed) = starting.only_cookie();
    let mut leaving = app.signed_in("bob").await;
    leaving.post("/auth/sign-out?return_to=/account", From::OwnPage, ORIGIN).await;
    let (sign_out, _) = leaving.only_cookie();
    for other in [format!("{name}-1"), format!("{name}-2"), sign_out.clone(), flow.clone()] {
        is_signed_out(&app, &other, &secret).await;
        let answer = browser_with(&app, &other, &secret).navigate(&callback, From::OtherSite).await;
        assert_eq!(answer.status, Status::BadRequest, "{other}: {answer:?}");
    }
    is_signed_out(&app, &name, &sealed).await;
    let away = browser_with(&app, &sign_out, &secret).open("/auth/sign-out-callback").await;
    assert_eq!(away.location(), "/");
    assert!(alice.account().await.is_some());
}

async fn absurd_cookies_are_no_session(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let mut alice = app.signed_in("alice").await;
    let (name, secret) = alice.only_cookie();
    let longer = format!("{secret}A");
    let lower = secret.to_lowercase();
    let long = "A".repeat(3000);
    let padded = format!("{secret}=");
    for value in [
        "",
        ".",
        "1.",
        "2.",
        "3.A",
        "0",
        "null",
        "%00",
        "%",
        "../../etc",
        "*",
        "{}",
        "'\"",
        "ÄÖÜ",
        "A",
        &secret[1..],
        &longer,
        &padded,
        &long,
        &lower,
        &random_secret(),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
    ] {
        is_signed_out(&app, &name, value).await;
    }
    assert!(alice.account().await.is_some());
}

async fn a_test_signs_in_without_a_provider(place: Place) {
    let Some(Fleet { app, redis: _redis, .. }) = start(place, SessionConfig::new()).await else {
        return;
    };
    let user = User::new("carol").with_id("carol").role("admin");
    let cookies = testing::sign_in(&app.client, &user).await.unwrap();
    assert_eq!(cookies.len(), 1);
    assert_eq!(cookies[0].value().len(), 43);
    let mut carol = browser_with(&app, cookies[0].name(), cookies[0].value());
    assert_eq!(carol.account().await.unwrap().0, "carol");
    assert_eq!(carol.open("/admin").await.status, Status::Ok);
}
