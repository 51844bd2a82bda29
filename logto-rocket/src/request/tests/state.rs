//! What a request notes, and what its response does with it.

use std::sync::Arc;

use crate::claims::Claims;
use crate::error::Refusal;
use crate::request::{Accepted, Credentials, RequestState, SessionWrite};
use crate::session::{Activity, Asked, Session};

#[test]
fn a_guard_makes_the_response_depend_on_what_it_looked_at() {
    let state = RequestState::default();
    assert!(state.is_blank() && !state.is_guarded());
    assert!(!state.depends_on_cookies() && !state.depends_on_token());
    state.guarded(None);
    assert!(state.is_guarded() && !state.is_blank());
    assert!(state.depends_on_cookies() && !state.depends_on_token());
    let state = RequestState::default();
    state.token_guarded(None);
    assert!(state.is_guarded() && !state.is_blank());
    assert!(!state.depends_on_cookies() && state.depends_on_token());
}

#[cfg(feature = "templates")]
#[test]
fn a_template_that_knows_the_user_makes_the_response_depend_on_the_session() {
    let state = RequestState::default();
    state.personal();
    assert!(state.depends_on_cookies() && !state.depends_on_token());
}

#[test]
fn the_last_guard_says_why_the_request_was_refused() {
    let state = RequestState::default();
    let refusal = || state.writes().refusal.clone();
    assert_eq!(refusal(), None);
    state.guarded(Some(Refusal::NotSignedIn));
    assert_eq!(refusal(), Some(Refusal::NotSignedIn));
    state.token_guarded(Some(Refusal::NoToken));
    assert_eq!(refusal(), Some(Refusal::NoToken));
    state.guarded(None);
    assert_eq!(refusal(), None);
}

#[test]
fn what_the_requirement_says_is_noted_once() {
    let state = RequestState::default();
    assert_eq!((state.credentials(), state.resource()), (None, None));
    assert!(state.accepted().is_none() && state.found().is_none());
    state.set_resource(None);
    assert_eq!(state.resource(), None);
    for (credentials, resource) in [(Credentials::Either, "urn:a"), (Credentials::Token, "urn:b")] {
        state.set_credentials(credentials);
        state.set_resource(Some(resource));
        state.accept(Accepted { resource: Some(resource), organization: None });
    }
    assert_eq!((state.credentials(), state.resource()), (Some(Credentials::Either), Some("urn:a")));
    assert_eq!(state.accepted().and_then(|it| it.resource), Some("urn:a"));
    assert!(state.is_blank(), "none of this is a guard");
}

#[test]
fn a_request_in_the_background_is_no_use_of_its_session() {
    let state = RequestState::default();
    assert_eq!(state.activity(), Activity::Use);
    state.set_background(true);
    assert_eq!(state.activity(), Activity::None);
    state.set_background(false);
    assert_eq!(state.activity(), Activity::Use);
}

#[test]
fn a_response_with_cookies_of_ours_is_not_blank() {
    let state = RequestState::default();
    assert!(!state.writes().has_cookies());
    for write in [SessionWrite::Delete, SessionWrite::Begin(Arc::new(session()))] {
        state.writes().session = write;
        assert!(state.writes().has_cookies());
        assert!(!state.is_blank() && !state.is_guarded());
    }
    state.writes().session = SessionWrite::Keep;
    assert!(state.is_blank());
}

fn session() -> Session {
    Session::new(Claims::from_json(r#"{"sub":"u1"}"#).expect("claims"), Asked::default(), 1_000)
}
