//! What a guard answers and reports if Logto gives it no token.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::local::asynchronous::Client;
use rocket::{get, routes};

use crate::error::{Call, Error};
use crate::request::tests::{config, quiet};
use crate::testing::{self, User};
use crate::{Event, Logto, LogtoUser, Refusal};

#[get("/")]
fn home() {}

#[rocket::async_test]
async fn what_logto_denies_is_reported_as_denied_and_its_silence_as_undecided() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let fairing = Logto::fairing().config(config()).on_event(move |event| {
        let noted = match event {
            Event::Denied { sub, requirement } => format!("{sub} denied {requirement}"),
            Event::Undecided { error } => format!("undecided: {error}"),
            _ => return,
        };
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(noted);
    });
    let client = Client::untracked(quiet().attach(fairing).mount("/", routes![home])).await;
    let client = client.expect("a site");
    let cookies = testing::sign_in(&client, User::new("alice").with_id("alice")).await;
    let request = client.get("/").cookies(cookies.expect("a session"));
    let request = request.inner();
    let user = request.guard::<LogtoUser>().await.succeeded().expect("a user");
    let refusal = |error| super::super::refusal(request, &user, error, "a token".into());
    let call = Call::Token;
    let denied = Error::Refused { call, code: "access_denied".into(), help: String::new() };
    assert_eq!(refusal(denied), Refusal::Denied("a token".into()));
    let away = Error::Unavailable { call, why: "x".into(), status: None, retry_after: None };
    let text = away.to_string();
    assert!(matches!(refusal(away), Refusal::Unavailable { .. }));
    assert_eq!(refusal(Error::SessionOver), Refusal::NotSignedIn);
    assert!(matches!(refusal(Error::NoSessionStore), Refusal::Misconfigured(_)));
    assert_eq!(
        *events.lock().expect("events"),
        ["alice denied a token".to_owned(), format!("undecided: {text}")]
    );
}
