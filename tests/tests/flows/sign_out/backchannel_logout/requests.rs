//! What a request with a logout token must be, and who hears of it.

use std::sync::{Arc, Mutex};

use logto_rocket::testing::Tamper;
use logto_rocket::{Event, LogoutError};
use logto_rocket_tests::app::App;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rocket::http::{Method, Status};
use serde_json::json;

use super::{ROUTE, app, assert_refused, forged};

const FORM: [(&str, &str); 1] = [("Content-Type", "application/x-www-form-urlencoded")];

#[rocket::async_test]
async fn only_a_form_with_one_token_is_read_and_only_by_post() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let token = app.idp.logout_token("alice").unwrap();
    let form = "application/x-www-form-urlencoded";
    let padding = "x".repeat(1 << 20);
    for (what, kind, body) in [
        ("no body", form, String::new()),
        ("an empty token", form, "logout_token=".into()),
        ("another parameter", form, format!("token={token}")),
        ("two tokens", form, format!("logout_token={token}&logout_token={token}")),
        ("an empty one and one", form, format!("logout_token=&logout_token={token}")),
        ("a megabyte behind", form, format!("logout_token={token}&x={padding}")),
        ("a megabyte before", form, format!("x={padding}&logout_token={token}")),
        ("a token of a megabyte", form, format!("logout_token={padding}")),
        ("JSON", "application/json", json!({ "logout_token": token }).to_string()),
        ("text", "text/plain", format!("logout_token={token}")),
        ("several parts", "multipart/form-data; boundary=x", format!("logout_token={token}")),
    ] {
        let headers = [("Content-Type", kind)];
        let answer = app.browser().request(Method::Post, ROUTE, &headers, &body).await;
        assert_refused(&answer, what);
    }
    let form = format!("logout_token={token}");
    let no_kind = app.browser().request(Method::Post, ROUTE, &[], &form).await;
    assert_refused(&no_kind, "no content type");
    let in_query = format!("{ROUTE}?logout_token={token}");
    assert_refused(
        &app.browser().request(Method::Post, &in_query, &FORM, "").await,
        "a token in the address",
    );
    for method in [Method::Get, Method::Head, Method::Put, Method::Delete, Method::Patch] {
        let answer = app.browser().request(method, &in_query, &FORM, &form).await;
        assert!(answer.status.code >= 400, "{method}: {answer:?}");
    }
    assert!(alice.is_signed_in().await);
    let with_more = format!("a=b&logout_token={token}&c=d");
    let answer = app.browser().request(Method::Post, ROUTE, &FORM, &with_more).await;
    assert_eq!(answer.status, Status::Ok, "parameters that are not known are ignored");
}

#[rocket::async_test]
async fn any_other_body_is_refused() {
    let app = app().await;
    let mut runner = TestRunner::deterministic();
    let bodies = prop_oneof![
        any::<String>(),
        any::<String>().prop_map(|text| format!("logout_token={text}")),
        "logout_token=[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}",
    ];
    for _ in 0..300 {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        let answer = app.browser().request(Method::Post, ROUTE, &FORM, &body).await;
        assert_refused(&answer, &body);
    }
}

#[rocket::async_test]
async fn the_application_hears_of_each_and_never_of_the_token() {
    let events = Arc::<Mutex<Vec<Event>>>::default();
    let heard = Arc::clone(&events);
    let app = App::builder()
        .provider(|provider| provider.session_required(true))
        .fairing(|fairing| {
            fairing.on_event(move |event| {
                if !matches!(event, Event::LogtoCalled { .. } | Event::SessionEnded { .. }) {
                    heard.lock().unwrap().push(event.clone());
                }
            })
        })
        .start()
        .await;
    let _alice = app.signed_in("alice").await;
    events.lock().unwrap().clear();
    let (good, bad) = (app.idp.logout_token("alice").unwrap(), forged(&app, &[Tamper::WrongKey]));
    app.post_logout_token(&bad).await;
    app.post_logout_token(&good).await;
    app.post_logout_token(&good).await;
    let events = events.lock().unwrap();
    let [
        Event::BackchannelLogoutRefused { error: LogoutError::Token(_) },
        Event::BackchannelLogout { sub: Some(sub), sid: Some(sid) },
        Event::BackchannelLogoutRefused { error: LogoutError::Replayed },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(*sub, app.idp.user_id("alice").unwrap());
    assert!(events[1].to_string().contains(sid), "{}", events[1]);
    for event in events.iter() {
        for secret in [&good, &bad] {
            assert!(!format!("{event} {event:?}").contains(secret.as_str()));
        }
    }
}
