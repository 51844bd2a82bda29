//! What guards note in a request, and how the response uses it.

use std::sync::Arc;

use rocket::http::Method;

use super::{config, request, site};
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
fn what_a_requirement_says_is_noted_until_another_one_is_tried() {
    let client = site(config());
    let request = request(&client, Method::Get, "/", &[]);
    let (request, state) = (request.inner(), RequestState::default());
    let noted = || (state.credentials(request), state.resource(request));
    let accepted = || state.accepted(request).and_then(|it| it.resource);
    assert_eq!((noted(), accepted()), ((None, None), None));
    assert!(state.found().is_none());
    state.set_resource(request, None);
    assert_eq!(noted(), (None, None));
    state.set_credentials(request, Credentials::Either);
    for resource in ["urn:a", "urn:b"] {
        state.set_resource(request, Some(resource));
    }
    state.accept(request, Accepted { resource: Some("urn:a"), organization: None });
    assert_eq!(noted(), (Some(Credentials::Either), Some("urn:a")));
    assert_eq!(accepted(), Some("urn:a"));
    state.set_credentials(request, Credentials::Token);
    assert_eq!((noted().0, accepted()), (Some(Credentials::Token), None));
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
