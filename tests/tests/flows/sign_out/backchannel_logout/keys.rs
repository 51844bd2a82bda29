//! The keys that logout tokens are verified with.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use logto_rocket::testing::{Endpoint, Fault, Signing, Tamper};
use logto_rocket::{Event, LogoutError};
use logto_rocket_tests::app::{App, post_logout_token};
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::futures::future::{join, join_all};
use rocket::http::Status;

use super::{app, assert_refused, forged};

/// Guards against this mistake: with keys that are not known, each token fetched the key set.
#[rocket::async_test]
async fn a_flood_of_forged_tokens_fetches_the_keys_a_few_times() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    let forged = unknown_keys(&app, 1_000);
    let begun = Instant::now();
    for answer in join_all(forged.iter().map(|token| app.post_logout_token(token))).await {
        // On a busy machine, some requests wait too long for the keys.
        if answer.status != Status::ServiceUnavailable {
            assert_refused(&answer, "forged");
        }
    }
    // One a second while they come, however long a busy machine takes for them.
    let (fetches, seconds) = (app.idp.requests().keys() as u64, begun.elapsed().as_secs());
    assert!(fetches <= seconds + 2, "{fetches} fetches in {seconds} s");
    assert!(alice.is_signed_in().await);
    assert_eq!(
        app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await.status,
        Status::Ok
    );
    assert!(!alice.is_signed_in().await);
}

/// Guards against this mistake: one forged token with an unknown key made every sign-in fail for half a
/// minute after Logto had changed its keys.
#[rocket::async_test]
async fn forged_tokens_use_up_nothing_that_sign_ins_need_after_a_rotation() {
    let app = app().await;
    let _alice = app.signed_in("alice").await;
    for token in unknown_keys(&app, 5) {
        assert_refused(&app.post_logout_token(&token).await, "forged");
    }
    app.idp.rotate_keys(Signing::Es384).unwrap();
    let mut bob = app.signed_in("bob").await;
    app.idp.rotate_keys(Signing::Es384).unwrap();
    let mut carol = app.signed_in("alice").await;
    app.idp.rotate_keys(Signing::Es384).unwrap();
    app.clock.advance(Duration::from_secs(3600));
    assert!(bob.is_signed_in().await && carol.is_signed_in().await, "renewals as well");
}

/// Logto posts a logout token once, with keys that it may just have changed.
#[rocket::async_test]
async fn a_genuine_token_waits_for_the_next_search_among_forged_ones() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let forged = unknown_keys(&app, 100);
    app.idp.rotate_keys(Signing::Es384).unwrap();
    let genuine = app.idp.logout_token("alice").unwrap();
    let strangers = join_all(forged.iter().map(|token| app.post_logout_token(token)));
    let (refused, answer) = join(strangers, app.post_logout_token(&genuine)).await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert!(refused.iter().all(|answer| answer.status == Status::BadRequest));
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn while_the_keys_are_fetched_tokens_wait_but_not_until_they_come() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let heard = Arc::clone(&events);
    let app = App::builder()
        .provider(|provider| provider.session_required(true))
        .config(|config| config.timeout(ENDLESS))
        .fairing(|fairing| fairing.on_event(move |event| heard.lock().unwrap().push(event.clone())))
        .start()
        .await;
    let mut alice = app.signed_in("alice").await;
    events.lock().unwrap().clear();
    let forged = unknown_keys(&app, 10);
    let genuine = app.idp.logout_token("alice").unwrap();
    app.idp.fault(Endpoint::Keys, Fault::Hang).for_ever();
    // The keys never come, and the call of them does not end.
    let strangers = join_all(forged.iter().map(|token| app.post_logout_token(token)));
    let answers = join(strangers, app.post_logout_token(&genuine));
    let (refused, answer) = within("answers without the keys", answers).await;
    for answer in &refused {
        assert_eq!(answer.status, Status::ServiceUnavailable);
        assert!(answer.header("Retry-After").is_some());
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    }
    let unavailable = |event: &&Event| {
        matches!(event, Event::BackchannelLogoutRefused { error: LogoutError::Unavailable(_) })
    };
    let events = events.lock().unwrap().clone();
    assert_eq!(events.iter().filter(unavailable).count(), 10, "{events:?}");
    assert_eq!(answer.status, Status::Ok, "its key is there: {answer:?}");
    assert!(!alice.is_signed_in().await);
}

/// Logout tokens for alice, each with another key that nobody knows.
fn unknown_keys(app: &App, count: usize) -> Vec<String> {
    (0..count).map(|key| forged(app, &[Tamper::header("kid", format!("key-{key}"))])).collect()
}

#[rocket::async_test]
async fn without_logtos_keys_the_answer_is_503_and_the_token_is_good_later() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let wrong = [
        Tamper::header("typ", "JWT"),
        Tamper::Unsigned,
        Tamper::claim("iss", "https://elsewhere.test/oidc"),
        Tamper::claim("aud", "another_app"),
        Tamper::claim("iat", 1_000),
    ];
    let wrong: Vec<_> = wrong.map(|tamper| forged(&app, &[tamper])).into();
    app.idp.fault(Endpoint::Keys, Fault::Status(500)).for_ever();
    let elsewhere = app.second_process(app.clock.clone()).await;
    for token in &wrong {
        let answer = post_logout_token(&elsewhere, token).await;
        assert_refused(&answer, "what is wrong at first sight needs no key");
    }
    let answer = post_logout_token(&elsewhere, &token).await;
    assert_eq!(answer.status, Status::ServiceUnavailable, "{answer:?}");
    assert_eq!(answer.body, r#"{"error":"temporarily_unavailable"}"#);
    let mut moved = alice.at(&elsewhere);
    assert!(moved.is_signed_in().await);
    app.idp.heal();
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(post_logout_token(&elsewhere, &token).await.status, Status::Ok);
    assert!(!moved.is_signed_in().await);
}
