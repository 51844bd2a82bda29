//! The keys that logout tokens are verified with.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault, Tamper};
use logto_rocket::{Event, LogoutError};
use logto_rocket_tests::app::{App, post_logout_token};
use logto_rocket_tests::wait::{ENDLESS, within};
use rocket::futures::future::join_all;
use rocket::http::Status;

use super::{app, assert_refused, forged};

/// Guards against this mistake: with keys that are not known, each token fetched the key set.
#[rocket::async_test]
async fn a_flood_of_forged_tokens_fetches_the_keys_once() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    for number in 0..1_000 {
        let forged = forged(&app, &[Tamper::header("kid", format!("key-{number}"))]);
        assert_refused(&app.post_logout_token(&forged).await, "forged");
    }
    assert!(app.idp.requests().keys() <= 1, "{}", app.idp.requests().keys());
    assert!(alice.is_signed_in().await);
    assert_eq!(
        app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await.status,
        Status::Ok
    );
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn while_the_keys_are_fetched_few_tokens_wait_and_none_until_they_come() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let heard = Arc::clone(&events);
    let app = App::builder()
        .provider(|provider| provider.session_required(true))
        .config(|config| config.timeout(ENDLESS))
        .fairing(|fairing| fairing.on_event(move |event| heard.lock().unwrap().push(event.clone())))
        .start()
        .await;
    let _alice = app.signed_in("alice").await;
    events.lock().unwrap().clear();
    app.idp.fault(Endpoint::Keys, Fault::Hang).for_ever();
    let tokens: Vec<_> = (0..10)
        .map(|number| {
            app.idp.tamper(Tamper::header("kid", format!("key-{number}")));
            app.idp.logout_token("alice").unwrap()
        })
        .collect();
    // The keys never come, and the call of them does not end.
    let answers = join_all(tokens.iter().map(|token| app.post_logout_token(token)));
    let answers = within("answers without the keys", answers).await;
    for answer in &answers {
        assert_eq!(answer.status, Status::ServiceUnavailable);
        assert!(answer.header("Retry-After").is_some());
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    }
    let events = events.lock().unwrap();
    let count = |which: fn(&LogoutError) -> bool| {
        let refused = events.iter().filter(
            |event| matches!(event, Event::BackchannelLogoutRefused { error } if which(error)),
        );
        refused.count()
    };
    assert_eq!(count(|error| matches!(error, LogoutError::Busy)), 6, "{events:?}");
    assert_eq!(count(|error| matches!(error, LogoutError::Unavailable(_))), 4, "{events:?}");
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
